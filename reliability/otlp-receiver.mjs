// @ts-check
// A strict receiver of OTLP over HTTP. It keeps the latest total of each series, as a database does.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { encodeResponse, readRequest } from 'test-kit/otlp-messages';

export class OtlpReceiver {
  /** @type {string[]} */
  malformed = [];
  received = 0;
  #port;
  /** The totals by process, start and series. @type {Map<string, number>} */
  #totals = new Map();
  #server = createServer();

  /** @param {number} port */
  static async start(port) {
    const receiver = new OtlpReceiver(port);
    await receiver.up();
    return receiver;
  }

  /** @param {number} port */
  constructor(port) {
    this.#port = port;
  }

  async up() {
    this.#server = createServer((request, response) => void this.#receive(request, response));
    await once(this.#server.listen(this.#port, '127.0.0.1'), 'listening');
  }

  async down() {
    const closed = once(this.#server.close(), 'close');
    this.#server.closeAllConnections();
    await closed;
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #receive(request, response) {
    /** @type {Buffer[]} */
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // The exporter has given up, and sends the same again.
      return;
    }
    let status = 200;
    try {
      const { resource, points } = readRequest(Buffer.concat(chunks));
      for (const point of points) this.#add(resource['service.instance.id'], point);
    } catch (error) {
      this.malformed.push(String(error));
      status = 400;
    }
    response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end(encodeResponse());
  }

  /** @param {string | undefined} instance @param {import('test-kit/otlp-messages').ReceivedPoint} point */
  #add(instance, { name, attributes, start, value, count }) {
    if (name !== 'jobs' && name !== 'latency') return;
    const total = name === 'jobs' ? value : count;
    const series = JSON.stringify([instance, start, name, attributes]);
    this.received += total - (this.#totals.get(series) ?? 0);
    this.#totals.set(series, total);
  }
}
