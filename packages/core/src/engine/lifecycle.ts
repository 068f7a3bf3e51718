import { cardinalityMode } from '../cardinality/cardinality-options.js';
import type { BackendStats, MetricsBackend } from '../metrics-backend.js';
import type { CanonicalTags } from '../series/tags.js';
import { NOTHING, type Use } from './active-backend.js';
import type { Engine } from './engine.js';
import { addExitHooks, deleteExitHooks, type Exiting } from './exit-hooks.js';
import type { CloseOptions, RegisterOptions, Registration } from './registration.js';

/** Milliseconds for what is closed because something else took its place. */
const RETIRE_TIMEOUT = 2000;

/** A timer turns a longer delay, such as no deadline at all, into one millisecond. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Which backend is in use, from `register` to `close` and the end of the process. */
export class LifeCycle implements Exiting {
  readonly #engine: Engine;
  /** Backends that were replaced or closed and have not finished, with their ends. */
  readonly #closing = new Map<MetricsBackend, Promise<void>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  register(backend: MetricsBackend, options: RegisterOptions, tags: CanonicalTags): Registration {
    const engine = this.#engine;
    const previous = engine.use;
    if (typeof backend?.open !== 'function')
      throw new TypeError('register() takes a backend, such as new StatsdMetricsBackend()');
    if (!previous.backend.replaceable && !options.replace)
      throw new Error(
        'A backend is registered already: the cause says where. Pass { replace: true } to switch, or combine() both.',
        { cause: previous.where },
      );
    cardinalityMode(options);
    const { sampleRate = 1 } = options;
    if (!(sampleRate >= 0 && sampleRate <= 1)) throw new RangeError(`sampleRate is from 0 to 1, not ${sampleRate}`);
    // What is not replaceable is closed now and never comes back.
    let restorable = previous;
    while (!restorable.backend.replaceable) restorable = restorable.previous!;
    const use: Use = { backend, options, tags, previous: restorable, where: new Error('registered here') };
    this.#begin(use);
    engine.guarded(() =>
      backend.start?.({
        // To the same handler to the end, which comes after `close`, or after another backend took its place.
        report: (problem) => engine.problems.report(problem, options.onError),
        collect: () => {
          if (engine.use === use) this.collect();
        },
      }),
    );
    if (!backend.discards) {
      addExitHooks(this, options.signals);
      if (previous === NOTHING && engine.discarded > 0)
        engine.quietTell('not_registered', undefined, 'Samples came before register() and are lost: register first.', {
          count: engine.discarded,
        });
    }
    const dispose = (): void => {
      use.disposed = true;
      if (engine.use !== use) return;
      let back = restorable;
      while (back.disposed) back = back.previous!;
      this.#begin(back);
      this.#retire(backend);
    };
    return { dispose, [Symbol.dispose]: dispose };
  }

  /** Reads the observed gauges. */
  collect(): void {
    for (const observe of this.#engine.observers) observe();
  }

  async flush(): Promise<void> {
    this.collect();
    const { backend } = this.#engine.use;
    await Promise.all([this.#engine.attempt(() => backend.flush()), ...this.#closing.values()]);
  }

  async close({ timeout = RETIRE_TIMEOUT }: CloseOptions = {}): Promise<void> {
    this.collect();
    const { use } = this.#engine;
    if (use !== NOTHING) {
      this.#begin(NOTHING, timeout);
      this.#retire(use.backend, timeout);
    }
    // A backend keeps its deadline; one that does not must not keep the application.
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(resolve, Math.min(timeout + 100, LONGEST_TIMEOUT));
      void Promise.all(this.#closing.values()).then(() => {
        clearTimeout(deadline);
        resolve();
      });
    });
    if (this.#engine.use === NOTHING) deleteExitHooks(this);
  }

  /** Hands over what can be handed over without waiting. */
  flushSync(): void {
    this.collect();
    for (const backend of [this.#engine.use.backend, ...this.#closing.keys()])
      this.#engine.guarded(() => backend.flushSync?.());
  }

  accounts(): BackendStats {
    try {
      return this.#engine.use.backend.stats();
    } catch {
      return NOTHING.backend.stats();
    }
  }

  #begin(use: Use, timeout?: number): void {
    const engine = this.#engine;
    const { backend } = engine.use;
    const { series } = engine;
    engine.put(use);
    // A replaceable backend may come back, when its registration's successor is disposed; any other is closed.
    if (backend.replaceable) series.forEach((id) => engine.guarded(() => backend.release(id)));
    else this.#retire(backend, timeout);
  }

  #retire(backend: MetricsBackend, timeout = RETIRE_TIMEOUT): void {
    if (this.#closing.has(backend)) return;
    const end = this.#engine
      .attempt(() => backend.close({ timeout }))
      .then(() => {
        this.#closing.delete(backend);
      });
    this.#closing.set(backend, end);
  }
}
