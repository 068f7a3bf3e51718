// @ts-check
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** @typedef {{ packets: number, lines: number, samples: number, sum: number }} Arrived */

/** The parent's end of `udp-sink.mjs`. */
export class Sink {
  /** @type {import('node:child_process').ChildProcess} */
  #child = fork(fileURLToPath(new URL('udp-sink.mjs', import.meta.url)));
  port = 0;

  static async start() {
    const sink = new Sink();
    const [{ port }] = await once(sink.#child, 'message');
    sink.port = port;
    return sink;
  }

  /** @returns {Promise<Arrived>} */
  clear() {
    return this.#ask('clear');
  }

  /**
   * Resolves with what arrived, once nothing more arrives.
   *
   * @param {number} expected samples; there is no waiting when they are there
   * @returns {Promise<Arrived>}
   */
  async settled(expected) {
    let before = await this.#ask('read');
    for (let quiet = 0; quiet < 5 && before.samples < expected; ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const now = await this.#ask('read');
      quiet = now.packets === before.packets ? quiet + 1 : 0;
      before = now;
    }
    return before;
  }

  async stop() {
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }

  /** @param {string} command @returns {Promise<Arrived>} */
  async #ask(command) {
    const reply = once(this.#child, 'message');
    this.#child.send(command);
    const [arrived] = await reply;
    return arrived;
  }
}
