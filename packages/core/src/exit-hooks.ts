import type { BackendStats } from './metrics-backend.js';
import type { ExitSignal } from './registration.js';

/** The longest a process that has nothing left to do is kept for its metrics, in milliseconds. */
const BEFORE_EXIT_TIMEOUT = 1000;

export interface Exiting {
  flush(): Promise<void>;
  flushSync(): void;
  close(): Promise<void>;
  accounts(): BackendStats;
}

/**
 * Flushes when a process comes to its natural end, hands over what it can when it exits, and closes on the signals asked
 * for. One set of listeners serves all instances, however many there are.
 */
class ExitHooks {
  /** Each with what it had accepted when it was last flushed, so that an idle process is not kept for ever. */
  readonly #all = new Map<Exiting, number>();
  readonly #signals = new Map<ExitSignal, Set<Exiting>>();

  add(exiting: Exiting, signals: readonly ExitSignal[] = []): void {
    const { process } = globalThis;
    if (typeof process?.on !== 'function') return;
    if (this.#all.size === 0) {
      process.on('beforeExit', this.#beforeExit);
      process.on('exit', this.#exit);
    }
    this.#all.set(exiting, -1);
    for (const signal of signals) {
      const closing = this.#signals.get(signal);
      if (closing !== undefined) closing.add(exiting);
      else {
        this.#signals.set(signal, new Set([exiting]));
        process.once(signal, this.#signalled);
      }
    }
  }

  delete(exiting: Exiting): void {
    if (!this.#all.delete(exiting)) return;
    for (const [signal, closing] of this.#signals) {
      closing.delete(exiting);
      if (closing.size > 0) continue;
      this.#signals.delete(signal);
      process.off(signal, this.#signalled);
    }
    if (this.#all.size > 0) return;
    process.off('beforeExit', this.#beforeExit);
    process.off('exit', this.#exit);
  }

  readonly #beforeExit = (): void => {
    for (const [exiting, flushed] of this.#all) {
      const { accepted, pending } = exiting.accounts();
      if (accepted === flushed || (accepted === 0 && pending === 0)) continue;
      // A timer that keeps the process: without it nothing would wait for the flush.
      const deadline = setTimeout(() => {}, BEFORE_EXIT_TIMEOUT);
      void exiting.flush().then(() => {
        clearTimeout(deadline);
      });
      this.#all.set(exiting, exiting.accounts().accepted);
    }
  };

  readonly #exit = (): void => {
    for (const exiting of this.#all.keys()) exiting.flushSync();
  };

  readonly #signalled = (signal: ExitSignal): void => {
    const closing = [...(this.#signals.get(signal) ?? [])];
    this.#signals.delete(signal);
    void Promise.all(closing.map((exiting) => exiting.close())).then(() => {
      // Without another listener the signal's own effect is what everybody expects.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  };
}

export const exitHooks: ExitHooks = /* @__PURE__ */ new ExitHooks();
