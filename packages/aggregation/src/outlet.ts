/**
 * Where written samples leave, as far as a drain has to know: whether more can be written now, and how to wait.
 *
 * A drain reads `ready` and `burstFull` before each write and pauses when they say so.
 */
export interface Outlet {
  /** False while nothing can be sent. Timed drains wait, and the buffer keeps merging. */
  readonly ready: boolean;
  /** True when as much is written as a receiver takes in one burst: the drain pauses. */
  readonly burstFull: boolean;
  /** Called when the pause is over. */
  beginBurst(): void;
  /** Called at the end of a drain: sends what is still open. */
  finish(): void;
  /** Resolves when everything handed over is sent or dropped, or waits for a transport that is down. Never rejects. */
  settled(): Promise<void>;
  /** Tries to become ready now. Resolves with whether it is, within about a second. Never rejects. */
  whenReady(): Promise<boolean>;
  /** Drops everything that is not sent yet, under `reason`. */
  dropUnsent(reason: string): void;
}
