// Flushes and closes at the end of the process.
import type * as Os from 'node:os';
import type { BackendStats } from '../metrics-backend.js';
import { builtinModule, nodeProcess } from '../runtime.js';
import type { ExitSignal } from './registration.js';

/** Milliseconds that a flush may keep an otherwise finished process alive. */
const BEFORE_EXIT_TIMEOUT = 1000;

/**
 * The first process of a container. The kernel ignores a signal for which it has no handler.
 * @see https://man7.org/linux/man-pages/man7/pid_namespaces.7.html
 */
const FIRST_PROCESS = 1;

export interface ExitTarget {
  flush(): Promise<void>;
  flushSync(): void;
  close(): Promise<void>;
  backendStats(): BackendStats;
}

/** Under this key the process keeps the hooks, which all copies of this package share. */
const KEY: unique symbol = Symbol.for('@metrics/core/exit/v1');

type Process = NodeJS.Process & { [KEY]?: ExitHooks };

/**
 * One set of listeners for all instances of all copies of the package: test runners and development servers load it again
 * and again.
 */
class ExitHooks {
  /** Targets, with the accepted count at their last flush, so that an idle process can exit. */
  readonly #targets = new Map<ExitTarget, number>();
  /** Targets to close on a signal. */
  readonly #targetsBySignal = new Map<ExitSignal, Set<ExitTarget>>();
  readonly #process: NodeJS.Process;

  constructor(process: NodeJS.Process) {
    this.#process = process;
  }

  add(target: ExitTarget, signals: readonly ExitSignal[]): void {
    if (this.#targets.size === 0) {
      this.#process.on('beforeExit', this.#onBeforeExit);
      this.#process.on('exit', this.#onExit);
    }
    this.#targets.set(target, -1);
    for (const signal of signals) {
      const all = this.#targetsBySignal.get(signal);
      if (all === undefined) this.#process.once(signal, this.#onSignal);
      this.#targetsBySignal.set(signal, new Set(all).add(target));
    }
  }

  delete(target: ExitTarget): void {
    if (!this.#targets.delete(target)) return;
    for (const [signal, all] of this.#targetsBySignal) {
      if (!all.delete(target) || all.size > 0) continue;
      this.#targetsBySignal.delete(signal);
      this.#process.off(signal, this.#onSignal);
    }
    if (this.#targets.size > 0) return;
    this.#process.off('beforeExit', this.#onBeforeExit);
    this.#process.off('exit', this.#onExit);
  }

  readonly #onBeforeExit = (): void => {
    for (const [target, flushed] of this.#targets) {
      const { accepted, pending } = target.backendStats();
      if (accepted === flushed || (accepted === 0 && pending === 0)) continue;
      // A pending timer keeps the process alive while it flushes.
      const deadline = setTimeout(() => {}, BEFORE_EXIT_TIMEOUT);
      void target.flush().then(() => {
        clearTimeout(deadline);
      });
      this.#targets.set(target, target.backendStats().accepted);
    }
  };

  readonly #onExit = (): void => {
    for (const target of this.#targets.keys()) target.flushSync();
  };

  readonly #onSignal = (signal: ExitSignal): void => {
    const all = [...(this.#targetsBySignal.get(signal) ?? [])];
    this.#targetsBySignal.delete(signal);
    void Promise.all(all.map((target) => target.close())).then(() => {
      // Without another listener, the process must end as the signal would have ended it.
      if (this.#process.listenerCount(signal) > 0) return;
      if (this.#process.pid === FIRST_PROCESS) this.#process.exit(128 + signalNumber(signal));
      this.#process.kill(this.#process.pid, signal);
    });
  };
}

/** Returns the number of a signal, which a shell adds to 128 for the exit code of a process that the signal ended. */
function signalNumber(signal: ExitSignal): number {
  return builtinModule<typeof Os>('node:os')?.constants.signals[signal] ?? 0;
}

/** Flushes the target when the process ends naturally, flushes synchronously at its exit, and closes on the signals. */
export function addExitHooks(target: ExitTarget, signals: readonly ExitSignal[] = []): void {
  const process: Process | undefined = nodeProcess;
  if (typeof process?.on !== 'function') return;
  process[KEY] ??= new ExitHooks(process);
  process[KEY].add(target, signals);
}

export function deleteExitHooks(target: ExitTarget): void {
  const process: Process | undefined = nodeProcess;
  process?.[KEY]?.delete(target);
}
