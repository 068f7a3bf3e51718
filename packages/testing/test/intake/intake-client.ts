import { Agent, request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { deflateSync } from 'node:zlib';
import type { RecordingIntake } from '../../src/servers.js';

export interface IntakeReply {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface IntakeRequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default deflate with the zlib header */
  readonly encode?: (body: Buffer) => Buffer;
  /** Milliseconds after which it rejects with code ETIMEDOUT. @default 30000, so that a slow machine is no fault */
  readonly timeout?: number;
  /** Rejects with code ETIMEDOUT as soon as this resolves. */
  readonly abort?: Promise<unknown>;
}

/** A client with one kept-alive connection of node:http or node:https, independent of the backend. */
export class IntakeClient {
  readonly #intake: RecordingIntake;
  readonly #agent: Agent;

  constructor(intake: RecordingIntake) {
    this.#intake = intake;
    const options = { keepAlive: true, maxSockets: 1 };
    this.#agent = intake.ca === '' ? new Agent(options) : new SecureAgent({ ...options, ca: intake.ca });
  }

  /** Sends a value as JSON, a buffer as it is. */
  send(path: string, body: unknown, options: IntakeRequestOptions = {}): Promise<IntakeReply> {
    const { method = 'POST', headers, encode = deflateSync, timeout = 30_000, abort } = options;
    const json = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const coding = encode === deflateSync && method !== 'GET' ? { 'content-encoding': 'deflate' } : {};
    const all = { 'content-type': 'application/json', 'dd-api-key': 'key', ...coding, ...headers };
    const encoded = method === 'GET' ? undefined : encode(json);
    const create = this.#intake.ca === '' ? plainRequest : secureRequest;
    return new Promise((resolve, reject) => {
      const request = create(`${this.#intake.url}${path}`, { method, headers: all, agent: this.#agent });
      const stop = () => request.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }));
      const timer = setTimeout(stop, timeout);
      abort?.then(stop, reject);
      const fail = (error: Error): void => {
        clearTimeout(timer);
        reject(error);
      };
      request.on('error', fail).on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('error', fail).on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          clearTimeout(timer);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          });
        });
      });
      request.end(encoded);
    });
  }

  series(version: 'v1' | 'v2', ...series: readonly object[]): Promise<IntakeReply> {
    return this.send(`/api/${version}/series`, { series });
  }

  close(): void {
    this.#agent.destroy();
  }
}
