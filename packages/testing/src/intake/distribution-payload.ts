import type { IntakeDistribution, IntakeDistributionPoint } from './intake-payload.js';
import type { PayloadCheck } from './payload-check.js';
import { readIdentity, readParts } from './series-payload.js';

const FIELDS: ReadonlySet<string> = new Set(['host', 'metric', 'points', 'tags', 'type']);

/** Reads the body of POST /api/v1/distribution_points, whose points are `[seconds, [value, …]]`. */
export function readDistributions(body: unknown, check: PayloadCheck): IntakeDistribution[] {
  return readParts(body, check).flatMap((part, index) => {
    check.path = `series[${index}]`;
    const fields = check.fields(part, FIELDS);
    if (fields === undefined) return [];
    if (fields['type'] !== undefined) check.oneOf(fields['type'], 'type', ['distribution']);
    const points = check.list(fields['points'], 'points').flatMap((point): IntakeDistributionPoint[] => {
      const pair = check.pair(point);
      if (pair === undefined) return [];
      const values = check.list(pair[1], 'the values of a point').map((value) => check.number(value));
      return [{ timestamp: check.timestamp(pair[0]), values }];
    });
    return [{ ...readIdentity(fields, check), host: check.optionalString(fields['host'], 'host'), points }];
  });
}
