import type { BackendStats } from '../metrics-backend.js';
import type { ExitSignal } from './registration.js';

/** The longest a process that has nothing left to do is kept for its metrics, in milliseconds. */
const BEFORE_EXIT_TIMEOUT = 1000;

export interface Exiting {
  flush(): Promise<void>;
  flushSync(): void;
  close(): Promise<void>;
  accounts(): BackendStats;
}

// One set of listeners serves all instances, however many there are.

/** Each with what it had accepted when it was last flushed, so that an idle process is not kept for ever. */
const hooked = new Map<Exiting, number>();
/** Whom to close on a signal. */
const closedOn = new Map<ExitSignal, Set<Exiting>>();

/**
 * Flushes when a process comes to its natural end, hands over what it can when it exits, and closes on the signals asked
 * for.
 */
export function addExitHooks(exiting: Exiting, signals: readonly ExitSignal[] = []): void {
  const { process } = globalThis;
  if (typeof process?.on !== 'function') return;
  if (hooked.size === 0) {
    process.on('beforeExit', beforeExit);
    process.on('exit', exit);
  }
  hooked.set(exiting, -1);
  for (const signal of signals) {
    if (!closedOn.has(signal)) process.once(signal, signalled);
    closedOn.set(signal, new Set(closedOn.get(signal)).add(exiting));
  }
}

export function deleteExitHooks(exiting: Exiting): void {
  if (!hooked.delete(exiting)) return;
  for (const [signal, all] of closedOn) {
    if (!all.delete(exiting) || all.size > 0) continue;
    closedOn.delete(signal);
    process.off(signal, signalled);
  }
  if (hooked.size > 0) return;
  process.off('beforeExit', beforeExit);
  process.off('exit', exit);
}

function beforeExit(): void {
  for (const [exiting, flushed] of hooked) {
    const { accepted, pending } = exiting.accounts();
    if (accepted === flushed || (accepted === 0 && pending === 0)) continue;
    // A timer that keeps the process: without it nothing would wait for the flush.
    const deadline = setTimeout(() => {}, BEFORE_EXIT_TIMEOUT);
    void exiting.flush().then(() => {
      clearTimeout(deadline);
    });
    hooked.set(exiting, exiting.accounts().accepted);
  }
}

function exit(): void {
  for (const exiting of hooked.keys()) exiting.flushSync();
}

function signalled(signal: ExitSignal): void {
  const all = [...(closedOn.get(signal) ?? [])];
  closedOn.delete(signal);
  void Promise.all(all.map((exiting) => exiting.close())).then(() => {
    // Without another listener the signal's own effect is what everybody expects.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  });
}
