// Registers, replaces, flushes and closes backends.
import { CardinalityRules } from '../cardinality/cardinality-rules.js';
import type { BackendStats, MetricsBackend } from '../metrics-backend.js';
import { checkNumber, checkOptionTypes } from '../options/option-checks.js';
import { emitWarningNow, isLossAtEnd, type ProblemHandler } from '../problems/problem-reporter.js';
import { alsoInRealTime } from '../real-time.js';
import { now, readVariable } from '../runtime.js';
import type { NormalizedTags } from '../series/tags.js';
import { type ActiveBackend, NO_BACKEND } from './active-backend.js';
import { isSameCaller } from './caller.js';
import type { Engine } from './engine.js';
import { addExitHooks, deleteExitHooks, type ExitTarget } from './exit-hooks.js';
import { type CloseOptions, REGISTER_OPTIONS, type RegisterOptions, type Registration } from './registration.js';
import { lostSamples, sumStats } from './sum-stats.js';

/** Milliseconds that a backend has to close if the caller sets no timeout. */
const DEFAULT_CLOSE_TIMEOUT = 2000;

/** Milliseconds in which the backends that are flushed together begin, and share one reading of the observed gauges. */
const FLUSH_MS = 1000;

/** The longest delay of a timer, which treats a longer one, such as an infinite deadline, as one millisecond. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Backends that were closed, by any facade. */
const closedBackends = /* @__PURE__ */ new WeakSet<MetricsBackend>();

/** A backend whose counts may still change. */
interface LiveBackend {
  readonly onError: ProblemHandler | undefined;
  /** Samples in its own reports of a loss at its end. */
  reported: number;
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
  #isCollecting = false;
  #isFlushing = false;
  #collectedUntil = 0;
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
    if ((backend.closed || closedBackends.has(backend)) && !backend.discards)
      throw new Error('register() cannot open a closed backend again: create another one.');
    const registeredAt = new Error('registered here');
    if (
      !(previous.backend.replaceable || options.replace || previous.options.overridable) &&
      !isSameCaller(readVariable('NODE_ENV'), previous.registeredAt, registeredAt)
    )
      throw new Error(
        'A backend is registered already: the cause shows where. Pass { replace: true } to switch, or combine() both.',
        { cause: previous.registeredAt },
      );
    checkOptionTypes('register()', options, REGISTER_OPTIONS);
    checkNumber('sampleRate', options.sampleRate, 0, 1);
    const rules = new CardinalityRules(options.cardinality, options.strict);
    // A backend that is not replaceable is closed now and cannot be restored.
    let restorable = previous;
    while (!restorable.backend.replaceable) restorable = restorable.previous!;
    const active: ActiveBackend = { backend, options, rules, tags, previous: restorable, registeredAt };
    this.#replaceActive(active);
    const live = this.#live.get(backend) ?? { onError: options.onError, reported: 0 };
    this.#live.set(backend, live);
    engine.callBackend(() =>
      backend.start?.({
        // A backend reports to its own handler until its end, even after `close` or another `register`.
        report: (problem) => {
          if (isLossAtEnd(problem)) live.reported += problem.count;
          engine.problems.report(problem, options.onError);
        },
        collect: () => {
          if (engine.active === active && now() >= this.#collectedUntil) this.collect();
        },
      }),
    );
    if (!backend.discards) {
      addExitHooks(this, options.signals);
      if (rules.invalidMode) engine.report('invalid_options', undefined, rules.invalidMode);
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

  /** Reads the observed gauges and repeats the levels. An observer that calls this again, such as by a flush, changes nothing. */
  collect(): void {
    if (this.#isCollecting) return;
    this.#isCollecting = true;
    this.#engine.gauges.collect();
    this.#isCollecting = false;
  }

  async flush(): Promise<void> {
    // A backend must not flush all because it is flushed.
    if (this.#isFlushing) return;
    const until = this.#collectForAll();
    const { backend } = this.#engine.active;
    this.#isFlushing = true;
    const flushed = this.#engine.callBackendAsync(() => backend.flush());
    this.#isFlushing = false;
    await Promise.all([flushed, this.#allEnd()]);
    if (this.#collectedUntil === until) this.#collectedUntil = 0;
  }

  async close(options?: CloseOptions): Promise<void> {
    const given = options?.timeout;
    const timeout = given! >= 0 ? given! : DEFAULT_CLOSE_TIMEOUT;
    this.collect();
    const { active } = this.#engine;
    if (active !== NO_BACKEND) {
      this.#replaceActive(NO_BACKEND, timeout);
      this.#closeInBackground(active.backend, timeout);
    }
    this.#engine.gauges.close();
    // A backend that misses its deadline must not delay the application.
    if (this.#live.size > 0) await before(this.#allEnd(), timeout);
    this.#deleteHooksIfClosed();
  }

  /** Flushes the active and the closing backends as far as they can without waiting. */
  flushSync(): void {
    this.#collectForAll();
    for (const [backend, live] of this.#live) {
      const lost = lostSamples(backend);
      this.#engine.callBackend(() => backend.flushSync?.());
      this.#reportLost('lost_at_exit', lostSamples(backend) - lost, live, live.onError ?? emitWarningNow);
    }
  }

  backendStats(): BackendStats {
    return sumStats([{ stats: () => this.#closed }, ...this.#live.keys()]);
  }

  /** Reads the observed gauges, and returns until when backends that are flushed do not read them again. */
  #collectForAll(): number {
    this.collect();
    this.#collectedUntil = now() + FLUSH_MS;
    return this.#collectedUntil;
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
      this.#reportLost('lost_at_close', lostSamples(backend) + pending - lost, live);
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

  /** Reports samples that were lost by an end, without those that the backend has reported. */
  #reportLost(code: string, lost: number, live: LiveBackend, onError = live.onError): void {
    const count = lost - live.reported;
    live.reported = 0;
    const message = 'The backend could not send these samples before its end: stats().backend.dropped has the reasons.';
    if (count > 0) this.#engine.problems.report({ code, count, message }, onError);
  }
}

/** Resolves when a promise does, but not later than a tenth of a second after the timeout. */
function before(promise: Promise<unknown>, timeout: number, isInBackground = false): Promise<void> {
  return new Promise((resolve) => {
    const limit = Math.min(timeout + 100, MAX_TIMEOUT);
    const deadline = setTimeout(resolve, limit);
    if (isInBackground) deadline.unref?.();
    alsoInRealTime(resolve, limit);
    void promise.then(() => {
      clearTimeout(deadline);
      resolve();
    });
  });
}
