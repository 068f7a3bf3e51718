import type { IntakePoint, IntakeSeries } from './intake-payload.js';
import { type Fields, jsonExcerpt, type PayloadCheck } from './payload-check.js';

const BODY_FIELDS: ReadonlySet<string> = new Set(['series']);
const V1_FIELDS: ReadonlySet<string> = new Set(['host', 'interval', 'metric', 'points', 'tags', 'type']);
const V2_FIELDS: ReadonlySet<string> = new Set([
  'interval',
  'metadata',
  'metric',
  'points',
  'resources',
  'source_type_name',
  'tags',
  'type',
  'unit',
]);
const V2_POINT_FIELDS: ReadonlySet<string> = new Set(['timestamp', 'value']);
const RESOURCE_FIELDS: ReadonlySet<string> = new Set(['name', 'type']);
const TYPES = ['count', 'rate', 'gauge'] as const;

/** Reads the body of POST /api/v1/series, whose points are `[seconds, value]` and whose type is a word. */
export function readSeriesV1(body: unknown, check: PayloadCheck): IntakeSeries[] {
  return readParts(body, check).flatMap((part, index) => {
    check.path = `series[${index}]`;
    const fields = check.fields(part, V1_FIELDS);
    if (fields === undefined) return [];
    const type = check.oneOf(fields['type'], 'type', TYPES);
    const points = check.list(fields['points'], 'points').flatMap((point): IntakePoint[] => {
      const pair = check.pair(point);
      return pair === undefined ? [] : [{ timestamp: check.timestamp(pair[0]), value: check.number(pair[1]) }];
    });
    const host = check.optionalString(fields['host'], 'host');
    return [
      {
        ...readIdentity(fields, check),
        type: type ?? 'gauge',
        interval: check.interval(fields['interval'], type),
        host,
        unit: undefined,
        points,
      },
    ];
  });
}

/**
 * Reads the body of POST /api/v2/series, whose points are objects, whose type is a number and whose host is a resource.
 */
export function readSeriesV2(body: unknown, check: PayloadCheck): IntakeSeries[] {
  return readParts(body, check).flatMap((part, index) => {
    check.path = `series[${index}]`;
    const fields = check.fields(part, V2_FIELDS);
    if (fields === undefined) return [];
    const type = TYPES[Number(fields['type']) - 1];
    if (type === undefined || typeof fields['type'] !== 'number') {
      check.addError(`type is ${jsonExcerpt(fields['type'])}, not 1 (count), 2 (rate) or 3 (gauge)`);
    }
    const points = check.list(fields['points'], 'points').flatMap((point): IntakePoint[] => {
      const of = check.fields(point, V2_POINT_FIELDS);
      return of === undefined
        ? []
        : [{ timestamp: check.timestamp(of['timestamp']), value: check.number(of['value']) }];
    });
    const unit = check.optionalString(fields['unit'], 'unit');
    check.optionalString(fields['source_type_name'], 'source_type_name');
    const host = readHost(fields['resources'], check);
    return [
      {
        ...readIdentity(fields, check),
        type: type ?? 'gauge',
        interval: check.interval(fields['interval'], type),
        host,
        unit,
        points,
      },
    ];
  });
}

/** Returns the list in the field `series`. */
export function readParts(body: unknown, check: PayloadCheck): readonly unknown[] {
  const fields = check.fields(body, BODY_FIELDS);
  return fields === undefined ? [] : check.list(fields['series'], 'series');
}

/** Reads the name and the tags of a series. */
export function readIdentity(fields: Fields, check: PayloadCheck): Pick<IntakeSeries, 'metric' | 'tags'> {
  return { metric: check.metric(fields['metric']), tags: check.tags(fields['tags']) };
}

function readHost(resources: unknown, check: PayloadCheck): string | undefined {
  if (resources === undefined) return undefined;
  const hosts = check.list(resources, 'resources').flatMap((resource) => {
    const { type, name } = check.fields(resource, RESOURCE_FIELDS) ?? {};
    const text = check.string(name, 'the name of a resource');
    return check.string(type, 'the type of a resource') === 'host' ? [text] : [];
  });
  if (hosts.length > 1) check.addError('there is more than one host in the resources');
  return hosts[0];
}
