import winston from 'winston';

type Transport = ReturnType<typeof winston.createLogger>['transports'][number];

/** Returns a winston transport that logs with the given function. */
export function transportThat(
  log: (info: { readonly message: string }, done: (error?: Error) => void) => void,
): Transport {
  return new winston.transports.Console({ log });
}
