import winston from 'winston';

type Transport = ReturnType<typeof winston.createLogger>['transports'][number];

/** A transport of winston's, with this instead of its own way to log. */
export function transportThat(
  log: (info: { readonly message: string }, done: (error?: Error) => void) => void,
): Transport {
  return new winston.transports.Console({ log });
}
