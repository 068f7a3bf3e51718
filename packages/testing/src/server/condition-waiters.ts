/** Promises that settle when something that arrives makes a condition hold. */
export class ArrivalWaiters {
  readonly #waiting = new Set<() => void>();
  readonly #describe: () => string;
  #ended: string | undefined;

  /** @param describe what arrived so far, for the errors. */
  constructor(describe: () => string) {
    this.#describe = describe;
  }

  /**
   * Resolves as soon as the condition holds; it is asked now and at each {@link look}.
   *
   * @param timeout milliseconds.
   * @throws Error that shows what did arrive, when time runs out or nothing can arrive any more; whatever the condition throws.
   */
  wait(condition: () => boolean, timeout: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (settled: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settled();
      };
      const look = (): void => {
        try {
          if (condition()) settle(resolve);
          else if (this.#ended !== undefined) settle(() => reject(this.#error(this.#ended!)));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      const timer = setTimeout(() => settle(() => reject(this.#error(`Waited ${timeout} ms in vain`))), timeout);
      this.#waiting.add(look);
      look();
    });
  }

  /** Something arrived. */
  look(): void {
    for (const look of this.#waiting) look();
  }

  /** Nothing can arrive any more. */
  end(why: string): void {
    this.#ended = why;
    this.look();
  }

  #error(why: string): Error {
    return new Error(`${why}. What arrived:\n${this.#describe()}`);
  }
}
