import winston, { type Logform } from 'winston';

/** Returns a winston format for programs: one JSON object a line, in the order level, message, fields. */
export function metricsJsonFormat(): Logform.Format {
  // By default winston sorts the keys, and the message is somewhere in the middle.
  return winston.format.json({ deterministic: false });
}
