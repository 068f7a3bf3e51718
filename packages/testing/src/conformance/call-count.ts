import assert from 'node:assert/strict';

/** Counts the calls of a check, to compare them with the stats of the backend. */
export class CallCount {
  #required = 0;
  #optional = 0;

  /** Counts a call that the backend must count. */
  addRequired(): void {
    this.#required += 1;
  }

  /** Counts a call that the backend may count or ignore: after `close`, or on an id that is not open. */
  addOptional(): void {
    this.#optional += 1;
  }

  /** Checks the number of samples that the backend counted. `copies` is how many times it counts each call. */
  check(counted: number, copies: number): void {
    const min = copies * this.#required;
    const max = min + copies * this.#optional;
    assert.ok(
      counted >= min && counted <= max,
      `accepted + sampledOut is ${counted} after ${this.#required} calls${max > min ? ` and ${this.#optional} that may be ignored` : ''}`,
    );
  }
}
