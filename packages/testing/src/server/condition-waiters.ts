/** Promises that resolve when something that arrives fulfills their condition. */
export class ConditionWaiters {
  readonly #rechecks = new Set<() => void>();
  readonly #describe: () => string;
  #endReason: string | undefined;

  /** @param describe describes everything that has arrived, for the errors. */
  constructor(describe: () => string) {
    this.#describe = describe;
  }

  /**
   * Resolves as soon as the condition holds. Checks it now and at each {@link recheck}.
   *
   * @param timeout milliseconds.
   * @throws {Error} after the timeout or after {@link end}, with everything that arrived. Errors of the condition are
   * rethrown.
   */
  wait(condition: () => boolean, timeout: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (callback: () => void): void => {
        clearTimeout(timer);
        this.#rechecks.delete(recheck);
        callback();
      };
      const recheck = (): void => {
        try {
          if (condition()) settle(resolve);
          else if (this.#endReason !== undefined) settle(() => reject(this.#error(this.#endReason!)));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      const timer = setTimeout(() => settle(() => reject(this.#error(`Timed out after ${timeout} ms`))), timeout);
      this.#rechecks.add(recheck);
      recheck();
    });
  }

  /** Checks all conditions again. Called after something arrived. */
  recheck(): void {
    for (const recheck of this.#rechecks) recheck();
  }

  /** Rejects all promises, now and in the future, whose condition does not hold: nothing can arrive any more. */
  end(reason: string): void {
    this.#endReason = reason;
    this.recheck();
  }

  #error(reason: string): Error {
    return new Error(`${reason}. What arrived:\n${this.#describe()}`);
  }
}
