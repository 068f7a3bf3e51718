import { CHILDREN, CONTEXTS, type Command, type Given, type Kind, type RegisteredOptions } from './facade-commands.js';
import { FacadeModel, isValid, type ModelCall, type ModelRegistration, type ModelScope } from './facade-model.js';

/** The facade as a caller without types sees it. Written out, because the kit imports no package of the workspace. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Untyped = any;

/** Functions that a run needs from its test. */
export interface RunOptions<Backend> {
  /** Returns a facade without a backend. */
  readonly createMetrics: () => Untyped;
  /** Creates the backend of a registration. */
  readonly createBackend: (live: boolean) => Backend | Promise<Backend>;
  /** Lets time pass. Without it, time stands still. */
  readonly advance?: (milliseconds: number) => void;
  /** Called after each step. */
  readonly check: (run: FacadeRun<Backend>) => void | Promise<void>;
}

interface Instrument {
  readonly real: Untyped;
  readonly kind: Kind;
  readonly scope: ModelScope;
  readonly key: string;
}

interface BoundHandle {
  readonly real: Untyped;
  readonly instrument: Instrument;
  readonly tags: Given;
}

const VERBS = { counter: 'incr', gauge: 'gauge', timing: 'timing', distribution: 'distribution', set: 'set' } as const;
const RECORDERS = { counter: 'incr', gauge: 'set', timing: 'record', distribution: 'record', set: 'add' } as const;

/** Runs the same steps on a facade and on its model. */
export class FacadeRun<Backend> {
  readonly model = new FacadeModel();
  readonly metrics: Untyped;
  /** Each registration with its backend. */
  readonly registered: { readonly backend: Backend; readonly expected: ModelRegistration; readonly real: Untyped }[] =
    [];
  readonly #options: RunOptions<Backend>;
  readonly #scopes: { readonly real: Untyped; readonly model: ModelScope }[];
  readonly #instruments: Instrument[] = [];
  readonly #observed = new Set<string>();
  readonly #handles: BoundHandle[] = [];

  constructor(options: RunOptions<Backend>) {
    this.#options = options;
    this.metrics = options.createMetrics();
    this.#scopes = [{ real: this.metrics, model: { prefix: '', tags: {} } }];
    for (const { prefix, tags } of CHILDREN) {
      const { real, model } = this.#scopes.at(-1)!;
      const scope = { prefix: model.prefix + prefix, tags: { ...model.tags, ...tags } };
      this.#scopes.push({ real: real.child({ prefix, tags }), model: scope });
    }
  }

  /** Runs the steps, then closes the facade. */
  async run(commands: readonly Command[]): Promise<void> {
    for (const command of [...commands, { do: 'close' } as const]) {
      await this.#step(command);
      await this.#options.check(this);
    }
  }

  async #step(command: Command): Promise<void> {
    const { metrics, model } = this;
    if (command.do === 'register') return this.#register(command.options, command.live, command.replace);
    if (command.do === 'flush') return metrics.flush();
    if (command.do === 'advance') {
      if (this.#options.advance === undefined) return;
      model.advance(command.milliseconds);
      return this.#options.advance(command.milliseconds);
    }
    if (command.do === 'close') {
      // The observed gauges are read before the model's backend ends.
      const closed = metrics.close();
      model.close();
      return closed;
    }
    if (command.do === 'dispose') {
      const found = this.registered[command.registration];
      found?.real.dispose();
      if (found) model.dispose(found.expected);
    } else this.#record(command);
  }

  async #register(options: RegisteredOptions, live: boolean, replace: boolean): Promise<void> {
    const backend = await this.#options.createBackend(live);
    const expected = this.model.register(options, live, replace);
    let real: Untyped;
    let error: unknown;
    const mode = process.env['NODE_ENV'];
    // Elsewhere a call at the same place in the code replaces, as under hot reload.
    process.env['NODE_ENV'] = 'production';
    try {
      real = this.metrics.register(backend, { ...options, replace, onError: () => {} });
    } catch (thrown) {
      error = thrown;
    } finally {
      process.env['NODE_ENV'] = mode;
    }
    if ((expected === undefined) !== (error !== undefined))
      throw new Error('register() threw or did not', { cause: error });
    if (expected !== undefined) this.registered.push({ backend, expected, real });
  }

  #record(command: Exclude<Command, { do: 'register' | 'flush' | 'advance' | 'close' | 'dispose' }>): void {
    const { model } = this;
    const within = (context: number, record: () => void): void => this.#within(context, record);
    if (command.do === 'define')
      return this.#define(command.kind, command.scope, command.key, command.tags, command.observed);
    if (command.do === 'bind') {
      const instrument = pick(this.#instruments, command.instrument);
      if (instrument === undefined) return;
      model.bind(callOf(instrument, undefined, command.tags));
      const real = instrument.real.with(command.tags);
      this.#handles.push({ real, instrument, tags: copyOf(command.tags) });
      this.#useHandle(this.#handles.at(-1)!, 1);
    } else if (command.do === 'useHandle') {
      const handle = pick(this.#handles, command.handle);
      if (handle !== undefined) this.#useHandle(handle, command.value);
    } else if (command.do === 'use') {
      const instrument = pick(this.#instruments, command.instrument);
      if (instrument === undefined) return;
      const { value, tags } = command;
      model.use({ ...callOf(instrument, value, tags), context: CONTEXTS[command.context]! });
      within(command.context, () => instrument.real[RECORDERS[instrument.kind]](value, tags));
    } else {
      const scope = this.#scopes[command.scope]!;
      const context = CONTEXTS[command.context]!;
      if (command.do === 'record') {
        const { kind, key, value, options } = command;
        model.record({ kind, scope: scope.model, key, value, options, context });
        within(command.context, () => scope.real[VERBS[kind]](key, value, options));
      } else if (command.do === 'time') {
        const tags = { result: command.throws ? 'failure' : 'success' };
        model.record({ kind: 'timing', scope: scope.model, key: command.key, value: 0, options: { tags }, context });
        within(command.context, () => timeCall(scope.real, command.key, command.throws));
      } else {
        model.event(command.do, scope.model, command.title, command.tags, context);
        const { title, tags } = command;
        const given = command.do === 'event' ? { title, tags } : { name: title, status: 'ok', tags };
        within(command.context, () => scope.real[command.do](given));
      }
    }
  }

  /** A handle opens its series before it looks at the value, so an invalid one is left to instruments. */
  #useHandle({ real, instrument, tags }: BoundHandle, given: Given): void {
    const value = isValid(instrument.kind, given) ? given : 1;
    this.model.useHandle(callOf(instrument, value, tags));
    real[RECORDERS[instrument.kind]](value);
  }

  #define(kind: Kind, index: number, key: string, tags: Given, observed: Given): void {
    const { real, model: scope } = this.#scopes[index]!;
    const define = `define${kind[0]!.toUpperCase()}${kind.slice(1)}`;
    const instrument: Instrument = { real: undefined, kind, scope, key };
    const observe = (): unknown => {
      if (observed === 'throw') throw new Error('The gauge is not there.');
      if (observed === 'skip') return undefined;
      this.model.use(callOf(instrument, observed, undefined));
      return observed;
    };
    this.model.declare(kind, scope, key, tags);
    const isObserved = kind === 'gauge' && observed !== undefined && !this.#observed.has(`${index} ${key}`);
    this.#observed.add(`${index} ${key}`);
    this.#instruments.push({ ...instrument, real: real[define](key, { tags, ...(isObserved && { observe }) }) });
  }

  /** Runs a function in the contexts of a number. */
  #within(context: number, record: () => void): void {
    const run = CONTEXTS[context]!.reduce<() => void>((inner, _, at, all) => {
      const tags = all[all.length - 1 - at];
      return () => this.metrics.withTags(tags, inner);
    }, record);
    run();
  }
}

function callOf({ kind, scope, key }: Instrument, value: Given, tags: Given): ModelCall {
  return { kind, scope, key, value, options: { tags } };
}

/** A handle keeps the tags that it was bound with. */
function copyOf(tags: Given): Given {
  return Object.prototype.toString.call(tags) === '[object Object]'
    ? Object.fromEntries(Object.entries(tags as object))
    : tags;
}

function pick<Item>(items: readonly Item[], index: number): Item | undefined {
  return items[items.length === 0 ? 0 : index % items.length];
}

/** A call that is timed, and throws or not. */
function timeCall(metrics: Untyped, key: string, throws: boolean): void {
  try {
    metrics.timer(key, () => {
      if (throws) throw new Error('The timed function failed.');
    });
  } catch {
    // The error of the timed function, which is passed on.
  }
}
