// Registers, replaces, flushes and closes backends.
import { CardinalityRules } from '../cardinality/cardinality-rules.js';
import type { BackendStats, MetricsBackend } from '../metrics-backend.js';
import { checkNumber } from '../options/option-checks.js';
import { emitWarningNow, type ProblemHandler } from '../problems/problem-reporter.js';
import type { NormalizedTags } from '../series/tags.js';
import { type ActiveBackend, NO_BACKEND } from './active-backend.js';
import type { Engine } from './engine.js';
import { addExitHooks, deleteExitHooks, type ExitTarget } from './exit-hooks.js';
import type { CloseOptions, RegisterOptions, Registration } from './registration.js';
import { lostSamples, sumStats } from './sum-stats.js';

/** Milliseconds that a backend has to close if the caller sets no timeout. */
const DEFAULT_CLOSE_TIMEOUT = 2000;

/** The longest delay of a timer, which treats a longer one, such as an infinite deadline, as one millisecond. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Backends that were closed, by any facade. */
const closedBackends = /* @__PURE__ */ new WeakSet<MetricsBackend>();

/** A backend whose counts may still change. */
interface LiveBackend {
  readonly onError: ProblemHandler | undefined;
  /** Resolves when it is closed, or late. Undefined while it may be active. */
  end?: Promise<void>;
}

/** Decides which backend is active, from `register` to `close` and the end of the process. */
export class Lifecycle implements ExitTarget {
  readonly #engine: Engine;
  /** Backends that may have samples, with what is known of them. */
  readonly #live = new Map<MetricsBackend, LiveBackend>();
  /** The counts of the backends that are closed. */
  #closed: BackendStats = sumStats([]);
  /** Discarded samples that were reported. */
  #reportedDiscarded = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  register(backend: MetricsBackend, options: RegisterOptions, tags: NormalizedTags): Registration {
    const engine = this.#engine;
    const previous = engine.active;
    if (typeof backend?.open !== 'function')
      throw new TypeError('register() takes a backend, such as new StatsdMetricsBackend()');
    if (closedBackends.has(backend) && !backend.discards)
      throw new Error('register() cannot open a closed backend again: create another one.');
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
    if (!this.#live.has(backend)) this.#live.set(backend, { onError: options.onError });
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
      const count = engine.discarded - this.#reportedDiscarded;
      this.#reportedDiscarded = engine.discarded;
      if (previous === NO_BACKEND && count > 0)
        engine.report('not_registered', undefined, 'Samples before register() are dropped: register first.', { count });
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
    await Promise.all([this.#engine.callBackendAsync(() => backend.flush()), this.#allEnd()]);
  }

  async close(options?: CloseOptions): Promise<void> {
    const { timeout = DEFAULT_CLOSE_TIMEOUT } = options ?? {};
    this.collect();
    const { active } = this.#engine;
    if (active !== NO_BACKEND) {
      this.#replaceActive(NO_BACKEND, timeout);
      this.#closeInBackground(active.backend, timeout);
    }
    // A backend that misses its deadline must not delay the application.
    await before(this.#allEnd(), timeout);
    this.#deleteHooksIfClosed();
  }

  /** Flushes the active and the closing backends as far as they can without waiting. */
  flushSync(): void {
    this.collect();
    for (const [backend, { onError = emitWarningNow }] of this.#live) {
      const lost = lostSamples(backend);
      this.#engine.callBackend(() => backend.flushSync?.());
      this.#reportLost('lost_at_exit', lostSamples(backend) - lost, onError);
    }
  }

  backendStats(): BackendStats {
    return sumStats([{ stats: () => this.#closed }, ...this.#live.keys()]);
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
    const live = this.#live.get(backend);
    if (live === undefined || live.end !== undefined) return;
    closedBackends.add(backend);
    const lost = lostSamples(backend);
    const closed = this.#engine.callBackendAsync(() => backend.close({ timeout }));
    live.end = before(closed, timeout, true).then(() => {
      this.#closed = sumStats([{ stats: () => this.#closed }, backend]);
      this.#live.delete(backend);
      const { pending } = sumStats([backend]);
      this.#reportLost('lost_at_close', lostSamples(backend) + pending - lost, live.onError);
      this.#deleteHooksIfClosed();
    });
  }

  /** Resolves when all backends that are closing now have ended. */
  async #allEnd(): Promise<void> {
    for (const { end } of this.#live.values()) await end;
  }

  #deleteHooksIfClosed(): void {
    const isClosing = [...this.#live.values()].some(({ end }) => end !== undefined);
    if (this.#engine.active === NO_BACKEND && !isClosing) deleteExitHooks(this);
  }

  /** Reports samples that were lost by an end. @param onError the handler of the backend's registration. */
  #reportLost(code: string, count: number, onError: ProblemHandler | undefined): void {
    const message = 'The backend could not send these samples before its end: stats().backend.dropped has the reasons.';
    if (count > 0) this.#engine.problems.report({ code, count, message }, onError);
  }
}

/** Resolves when a promise does, but not later than a tenth of a second after the timeout. */
function before(promise: Promise<unknown>, timeout: number, isInBackground = false): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(resolve, Math.min(timeout + 100, MAX_TIMEOUT));
    if (isInBackground) deadline.unref?.();
    void promise.then(() => {
      clearTimeout(deadline);
      resolve();
    });
  });
}
