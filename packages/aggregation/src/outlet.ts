/**
 * The flow control of a drain: whether more samples can be written now, and how to wait until they can.
 *
 * A drain reads `ready` and `burstFull` before each write, and pauses if one of them forbids it.
 */
export interface Outlet {
  /** False while nothing can be sent. Drains on the timer are then skipped, and the buffer keeps merging. */
  readonly ready: boolean;
  /** True when as much is written as a receiver takes in one burst. */
  readonly burstFull: boolean;
  /** Called after each pause between bursts. */
  beginBurst(): void;
  /** Called at the end of a drain: sends what is still open. */
  finish(): void;
  /**
   * Resolves when everything handed over is sent or dropped, or waits for a transport that is down. Never rejects.
   */
  settled(): Promise<void>;
  /** Tries to become ready now. Resolves, within about a second, with {@link ready}. Never rejects. */
  whenReady(): Promise<boolean>;
  /** Drops everything that is not sent yet. */
  dropUnsent(reason: string): void;
}
