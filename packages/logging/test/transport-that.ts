import winston from 'winston';

type Transport = ReturnType<typeof winston.createLogger>['transports'][number];

/** Returns a transport of winston whose `log` method is the given function. */
export function transportThat(
  log: (info: { readonly message: string }, done: (error?: Error) => void) => void,
): Transport {
  return new winston.transports.Console({ log });
}
