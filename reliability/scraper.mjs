// @ts-check
// A server that scrapes what the applications of a cell show: each of them leaves a file with its port in the name. What it
// has read is on a disk, as with Prometheus, so another process goes on where one was killed.
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import path from 'node:path';
import { parseExposition } from 'test-kit/parse-exposition';

const INTERVAL_MILLISECONDS = 50;
/** A scrape that takes longer has failed, and the next one reads the same. */
const TIMEOUT_MILLISECONDS = 2000;
const sleep = (/** @type {number} */ milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Scraper {
  /** @type {string[]} */
  malformed = [];
  received = 0;
  #file;
  #isDown = false;
  /** The last total of each series, by the port and its labels. @type {Record<string, number>} */
  #last = {};

  /** @param {string} file begins the names of the files that announce ports */
  constructor(file) {
    this.#file = `${file}.scraped`;
    try {
      ({ received: this.received, last: this.#last } = JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      // The first process has read nothing yet.
    }
    void this.#scrapeAll(file);
  }

  down() {
    this.#isDown = true;
  }

  up() {
    this.#isDown = false;
  }

  /** @param {string} file */
  async #scrapeAll(file) {
    for (;;) {
      await sleep(INTERVAL_MILLISECONDS);
      const ports = this.#isDown ? [] : announcedPorts(file);
      await Promise.all(ports.map((port) => this.#scrape(port)));
    }
  }

  /** @param {number} port */
  async #scrape(port) {
    const text = await read(port);
    // A process that stands still cannot tell a scrape before it stopped from one that it began since.
    if (text === undefined) return;
    try {
      for (const { samples } of parseExposition(text))
        for (const { name, labels, value } of samples)
          if (name === 'jobs_total' || name === 'latency_seconds_count')
            this.#add(`${port} ${name} ${JSON.stringify(labels)}`, value);
    } catch (error) {
      this.malformed.push(String(error));
    }
    const temporary = `${this.#file}.new`;
    writeFileSync(temporary, JSON.stringify({ received: this.received, last: this.#last }));
    renameSync(temporary, this.#file);
  }

  /** A total that is lower than before began again, as servers see it. @param {string} series @param {number} total */
  #add(series, total) {
    const before = this.#last[series] ?? 0;
    this.received += total < before ? total : total - before;
    this.#last[series] = total;
  }
}

/** Leaves a file that tells the scraper a port. @param {string} file @param {number} port */
export function announcePort(file, port) {
  writeFileSync(`${file}.port-${port}`, '');
}

/** @param {string} file */
function announcedPorts(file) {
  const prefix = `${path.basename(file)}.port-`;
  return readdirSync(path.dirname(file)).flatMap((name) =>
    name.startsWith(prefix) ? [Number(name.slice(prefix.length))] : [],
  );
}

/** Resolves with the text of a scrape; undefined if there is none. @param {number} port @returns {Promise<string | undefined>} */
function read(port) {
  return new Promise((resolve) => {
    const request = get({ port, host: '127.0.0.1', path: '/metrics', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(response.complete ? text : undefined));
      response.on('error', () => resolve(undefined));
    });
    request.on('error', () => resolve(undefined));
    setTimeout(() => {
      request.destroy();
      resolve(undefined);
    }, TIMEOUT_MILLISECONDS).unref();
  });
}
