// Registers, replaces, flushes and closes backends.
import { CardinalityRules } from '../cardinality/cardinality-rules.js';
import type { BackendStats, MetricsBackend } from '../metrics-backend.js';
import { checkNumber } from '../options/option-checks.js';
import type { NormalizedTags } from '../series/tags.js';
import { type ActiveBackend, NO_BACKEND } from './active-backend.js';
import type { Engine } from './engine.js';
import { addExitHooks, deleteExitHooks, type ExitTarget } from './exit-hooks.js';
import type { CloseOptions, RegisterOptions, Registration } from './registration.js';

/** Milliseconds that a backend has to close if the caller sets no timeout. */
const DEFAULT_CLOSE_TIMEOUT = 2000;

/** The longest delay of a timer, which treats a longer one, such as an infinite deadline, as one millisecond. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Decides which backend is active, from `register` to `close` and the end of the process. */
export class Lifecycle implements ExitTarget {
  readonly #engine: Engine;
  /** Backends that are closing, with the promises of their ends. */
  readonly #closing = new Map<MetricsBackend, Promise<void>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  register(backend: MetricsBackend, options: RegisterOptions, tags: NormalizedTags): Registration {
    const engine = this.#engine;
    const previous = engine.active;
    if (typeof backend?.open !== 'function')
      throw new TypeError('register() takes a backend, such as new StatsdMetricsBackend()');
    if (!previous.backend.replaceable && !options.replace)
      throw new Error(
        'A backend is registered already: the cause shows where. Pass { replace: true } to switch, or combine() both.',
        { cause: previous.registeredAt },
      );
    const rules = new CardinalityRules(options.cardinality ?? {}, options.strict);
    checkNumber('sampleRate', options.sampleRate, 0, 1);
    // A backend that is not replaceable is closed now and cannot be restored.
    let restorable = previous;
    while (!restorable.backend.replaceable) restorable = restorable.previous!;
    const registeredAt = new Error('registered here');
    const active: ActiveBackend = { backend, options, rules, tags, previous: restorable, registeredAt };
    this.#replaceActive(active);
    engine.callBackend(() =>
      backend.start?.({
        // A backend reports to its own handler until its end, even after `close` or another `register`.
        report: (problem) => engine.problems.report(problem, options.onError),
        collect: () => {
          if (engine.active === active) this.collect();
        },
      }),
    );
    if (!backend.discards) {
      addExitHooks(this, options.signals);
      if (previous === NO_BACKEND && engine.discarded > 0)
        engine.report('not_registered', undefined, 'Samples before register() are dropped: register first.', {
          count: engine.discarded,
        });
    }
    const dispose = (): void => {
      active.disposed = true;
      if (engine.active !== active) return;
      let restored = restorable;
      while (restored.disposed) restored = restored.previous!;
      this.#replaceActive(restored);
      this.#closeInBackground(backend);
    };
    return { dispose, [Symbol.dispose]: dispose };
  }

  /** Reads the observed gauges. */
  collect(): void {
    for (const observe of this.#engine.observers) observe();
  }

  async flush(): Promise<void> {
    this.collect();
    const { backend } = this.#engine.active;
    await Promise.all([this.#engine.callBackendAsync(() => backend.flush()), ...this.#closing.values()]);
  }

  async close({ timeout = DEFAULT_CLOSE_TIMEOUT }: CloseOptions = {}): Promise<void> {
    this.collect();
    const { active } = this.#engine;
    if (active !== NO_BACKEND) {
      this.#replaceActive(NO_BACKEND, timeout);
      this.#closeInBackground(active.backend, timeout);
    }
    // A backend that misses its deadline must not delay the application.
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(resolve, Math.min(timeout + 100, MAX_TIMEOUT));
      void Promise.all(this.#closing.values()).then(() => {
        clearTimeout(deadline);
        resolve();
      });
    });
    if (this.#engine.active === NO_BACKEND) deleteExitHooks(this);
  }

  /** Flushes the active and the closing backends as far as they can without waiting. */
  flushSync(): void {
    this.collect();
    for (const backend of [this.#engine.active.backend, ...this.#closing.keys()])
      this.#engine.callBackend(() => backend.flushSync?.());
  }

  backendStats(): BackendStats {
    try {
      return this.#engine.active.backend.stats();
    } catch {
      return NO_BACKEND.backend.stats();
    }
  }

  #replaceActive(active: ActiveBackend, timeout?: number): void {
    const engine = this.#engine;
    const { backend } = engine.active;
    const { series } = engine;
    engine.activate(active);
    // A replaceable backend may be restored later, so it stays open. Any other is closed.
    if (backend.replaceable) series.forEach((id) => engine.callBackend(() => backend.release(id, false)));
    else this.#closeInBackground(backend, timeout);
  }

  #closeInBackground(backend: MetricsBackend, timeout = DEFAULT_CLOSE_TIMEOUT): void {
    if (this.#closing.has(backend)) return;
    const end = this.#engine
      .callBackendAsync(() => backend.close({ timeout }))
      .then(() => {
        this.#closing.delete(backend);
      });
    this.#closing.set(backend, end);
  }
}
