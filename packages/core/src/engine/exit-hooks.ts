// Flushes and closes at the end of the process.
import type { BackendStats } from '../metrics-backend.js';
import type { ExitSignal } from './registration.js';

/** Milliseconds that a flush may keep an otherwise finished process alive. */
const BEFORE_EXIT_TIMEOUT = 1000;

export interface ExitTarget {
  flush(): Promise<void>;
  flushSync(): void;
  close(): Promise<void>;
  backendStats(): BackendStats;
}

// One set of listeners serves all instances, however many there are.

/** Targets, with the accepted count at their last flush, so that an idle process can exit. */
const targets = new Map<ExitTarget, number>();
/** Targets to close on a signal. */
const targetsBySignal = new Map<ExitSignal, Set<ExitTarget>>();

/** Flushes the target when the process ends naturally, flushes synchronously at its exit, and closes on the signals. */
export function addExitHooks(target: ExitTarget, signals: readonly ExitSignal[] = []): void {
  const { process } = globalThis;
  if (typeof process?.on !== 'function') return;
  if (targets.size === 0) {
    process.on('beforeExit', onBeforeExit);
    process.on('exit', onExit);
  }
  targets.set(target, -1);
  for (const signal of signals) {
    if (!targetsBySignal.has(signal)) process.once(signal, onSignal);
    targetsBySignal.set(signal, new Set(targetsBySignal.get(signal)).add(target));
  }
}

export function deleteExitHooks(target: ExitTarget): void {
  if (!targets.delete(target)) return;
  for (const [signal, all] of targetsBySignal) {
    if (!all.delete(target) || all.size > 0) continue;
    targetsBySignal.delete(signal);
    process.off(signal, onSignal);
  }
  if (targets.size > 0) return;
  process.off('beforeExit', onBeforeExit);
  process.off('exit', onExit);
}

function onBeforeExit(): void {
  for (const [target, flushed] of targets) {
    const { accepted, pending } = target.backendStats();
    if (accepted === flushed || (accepted === 0 && pending === 0)) continue;
    // A pending timer keeps the process alive while it flushes.
    const deadline = setTimeout(() => {}, BEFORE_EXIT_TIMEOUT);
    void target.flush().then(() => {
      clearTimeout(deadline);
    });
    targets.set(target, target.backendStats().accepted);
  }
}

function onExit(): void {
  for (const target of targets.keys()) target.flushSync();
}

function onSignal(signal: ExitSignal): void {
  const all = [...(targetsBySignal.get(signal) ?? [])];
  targetsBySignal.delete(signal);
  void Promise.all(all.map((target) => target.close())).then(() => {
    // Without another listener, the process must end as the signal would have ended it.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  });
}
