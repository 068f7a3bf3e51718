import { Writable } from 'node:stream';
import winston, { type Logger, type LoggerOptions } from 'winston';
import { metricsFormat } from '../src/index.js';

/** A real winston logger at level debug, and the lines that its stream transport writes. */
export class LineCollector {
  readonly #chunks: string[] = [];
  readonly logger: Logger;

  constructor(options: LoggerOptions = {}) {
    const stream = new Writable({
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        this.#chunks.push(chunk);
        done();
      },
    });
    this.logger = winston.createLogger({
      level: 'debug',
      format: metricsFormat(),
      transports: [new winston.transports.Stream({ stream, eol: '\n' })],
      ...options,
    });
  }

  /** Each write is one line, if nothing in it breaks it. */
  get lines(): readonly string[] {
    return this.#chunks.join('').split('\n').slice(0, -1);
  }

  /** The lines of a JSON format, parsed. */
  get entries(): Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}
