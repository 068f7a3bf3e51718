import { Writable } from 'node:stream';
import winston, { type Logger } from 'winston';

/** A real winston logger at level debug, and the entries that its transport writes to a stream of objects. */
export class EntryCollector {
  readonly entries: Readonly<Record<string, unknown>>[] = [];
  readonly logger: Logger = winston.createLogger({
    level: 'debug',
    transports: [
      new winston.transports.Stream({
        stream: new Writable({
          objectMode: true,
          write: (entry: Record<string, unknown>, _encoding, done) => {
            this.entries.push(entry);
            done();
          },
        }),
      }),
    ],
  });
}
