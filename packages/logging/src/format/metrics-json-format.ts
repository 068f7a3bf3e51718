import winston, { type Logform } from 'winston';

/** A winston format for machines: one JSON object a line, in the order level, message, fields. */
export function metricsJsonFormat(): Logform.Format {
  // By default winston sorts the keys, and the message ends up somewhere in the middle.
  return winston.format.json({ deterministic: false });
}
