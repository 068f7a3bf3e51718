import { type Engine, NOTHING, type Use } from './engine.js';
import { type Exiting, exitHooks } from './exit-hooks.js';
import type { BackendStats, MetricsBackend } from './metrics-backend.js';
import type { CloseOptions, RegisterOptions, Registration } from './registration.js';

/** Milliseconds for what is closed because something else took its place. */
const RETIRE_TIMEOUT = 2000;

/** One call of `register`, and what to go back to when it is disposed. */
interface Term {
  readonly use: Use;
  readonly previous: Term | undefined;
  /** Where `register` was called. */
  readonly where: Error | undefined;
  ended: boolean;
}

/** Which backend is in use, from `register` to `close` and the end of the process. */
export class LifeCycle implements Exiting {
  readonly #engine: Engine;
  #term: Term = { use: NOTHING, previous: undefined, where: undefined, ended: false };
  /** Backends that were replaced or closed and have not finished, with their ends. */
  readonly #closing = new Map<MetricsBackend, Promise<void>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  register(backend: MetricsBackend, options: RegisterOptions, tags: ReadonlyMap<string, string>): Registration {
    if (typeof backend?.open !== 'function')
      throw new TypeError('register() takes a metrics backend, such as new StatsdMetricsBackend()');
    const { where, use } = this.#term;
    if (!use.backend.replaceable && !options.replace)
      throw new Error(
        'A metrics backend is registered already (where: see the cause). Pass { replace: true } to switch, or combine() both.',
        { cause: where },
      );
    const engine = this.#engine;
    const lost = backend.discards || use !== NOTHING ? 0 : engine.discarded;
    const { sampleRate = 1 } = options;
    if (!(sampleRate >= 0 && sampleRate <= 1)) throw new RangeError(`sampleRate is from 0 to 1, not ${sampleRate}`);
    const term: Term = {
      use: { backend, options, tags },
      previous: this.#term,
      where: new Error('registered here'),
      ended: false,
    };
    this.#begin(term);
    engine.attempt(() =>
      backend.start?.({
        report: (problem) => engine.problems.report(problem),
        collect: () => {
          if (this.#term === term) this.collect();
        },
      }),
    );
    if (!backend.discards) exitHooks.add(this, options.signals);
    if (lost > 0) {
      const remedy = 'Samples were recorded before register() and are lost: register first.';
      engine.problems.report({ code: 'not_registered', count: lost, remedy });
    }
    const dispose = (): void => {
      term.ended = true;
      if (this.#term !== term) return;
      let back: Term | undefined = term.previous;
      while (back !== undefined && (back.ended || !back.use.backend.replaceable)) back = back.previous;
      this.#begin(back ?? { use: NOTHING, previous: undefined, where: undefined, ended: false });
      this.#retire(backend, RETIRE_TIMEOUT);
    };
    return { dispose, [Symbol.dispose]: dispose };
  }

  /** Reads the observed gauges. */
  collect(): void {
    for (const observe of this.#engine.observers) observe();
  }

  async flush(): Promise<void> {
    this.collect();
    await Promise.all([this.#settled(() => this.#term.use.backend.flush()), ...this.#closing.values()]);
  }

  async close({ timeout = RETIRE_TIMEOUT }: CloseOptions = {}): Promise<void> {
    this.collect();
    const { backend } = this.#term.use;
    if (backend !== NOTHING.backend) {
      this.#begin({ use: NOTHING, previous: undefined, where: undefined, ended: false }, timeout);
      this.#retire(backend, timeout);
    }
    await this.#withDeadline(Promise.all(this.#closing.values()), timeout);
    exitHooks.delete(this);
  }

  /** Hands over what can be handed over without waiting. */
  flushSync(): void {
    this.collect();
    for (const backend of [this.#term.use.backend, ...this.#closing.keys()])
      this.#engine.attempt(() => backend.flushSync?.());
  }

  accounts(): BackendStats {
    return this.#term.use.backend.stats();
  }

  #begin(term: Term, timeout = RETIRE_TIMEOUT): void {
    const engine = this.#engine;
    const { backend } = this.#term.use;
    const { series } = engine;
    this.#term = term;
    engine.put(term.use);
    // A replaceable backend may come back, when its registration's successor is disposed; any other is closed.
    if (backend.replaceable) series.forEach((id) => engine.attempt(() => backend.release(id)));
    else this.#retire(backend, timeout);
  }

  #retire(backend: MetricsBackend, timeout: number): void {
    if (this.#closing.has(backend)) return;
    const end = this.#settled(() => backend.close({ timeout })).then(() => {
      this.#closing.delete(backend);
    });
    this.#closing.set(backend, end);
  }

  async #settled(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#engine.failed(error);
    }
  }

  /** A backend keeps its deadline; one that does not must not keep the application. */
  async #withDeadline(work: Promise<unknown>, timeout: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeout + 100);
    });
    await Promise.race([work, deadline]);
    clearTimeout(timer);
  }
}
