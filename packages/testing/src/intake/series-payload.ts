import type { IntakePoint, IntakeSeries } from './intake-payload.js';
import { type Fields, type PayloadCheck, shown } from './payload-check.js';

const TOP: ReadonlySet<string> = new Set(['series']);
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

/** The body of POST /api/v1/series: points are `[seconds, value]`, the type is a word. */
export function readSeriesV1(body: unknown, check: PayloadCheck): IntakeSeries[] {
  return partsOf(body, check).flatMap((part, index) => {
    check.place = `series[${index}]`;
    const fields = check.fields(part, V1_FIELDS);
    if (fields === undefined) return [];
    const type = check.oneOf(fields['type'], 'type', TYPES);
    const points = check.list(fields['points'], 'points').flatMap((point): IntakePoint[] => {
      const pair = check.pair(point);
      return pair === undefined ? [] : [{ timestamp: check.timestamp(pair[0]), value: check.number(pair[1]) }];
    });
    const host = check.optionalText(fields['host'], 'host');
    return [
      {
        ...identityOf(fields, check),
        type: type ?? 'gauge',
        interval: check.interval(fields['interval'], type),
        host,
        unit: undefined,
        points,
      },
    ];
  });
}

/** The body of POST /api/v2/series: points are objects, the type is a number, the host is a resource. */
export function readSeriesV2(body: unknown, check: PayloadCheck): IntakeSeries[] {
  return partsOf(body, check).flatMap((part, index) => {
    check.place = `series[${index}]`;
    const fields = check.fields(part, V2_FIELDS);
    if (fields === undefined) return [];
    const type = TYPES[Number(fields['type']) - 1];
    if (type === undefined || typeof fields['type'] !== 'number') {
      check.complain(`type is ${shown(fields['type'])} and not 1 (count), 2 (rate) or 3 (gauge)`);
    }
    const points = check.list(fields['points'], 'points').flatMap((point): IntakePoint[] => {
      const of = check.fields(point, V2_POINT_FIELDS);
      return of === undefined
        ? []
        : [{ timestamp: check.timestamp(of['timestamp']), value: check.number(of['value']) }];
    });
    const unit = check.optionalText(fields['unit'], 'unit');
    check.optionalText(fields['source_type_name'], 'source_type_name');
    const host = hostOf(fields['resources'], check);
    return [
      {
        ...identityOf(fields, check),
        type: type ?? 'gauge',
        interval: check.interval(fields['interval'], type),
        host,
        unit,
        points,
      },
    ];
  });
}

/** The list under `series`. */
export function partsOf(body: unknown, check: PayloadCheck): readonly unknown[] {
  const fields = check.fields(body, TOP);
  return fields === undefined ? [] : check.list(fields['series'], 'series');
}

export function identityOf(fields: Fields, check: PayloadCheck): Pick<IntakeSeries, 'metric' | 'tags'> {
  return { metric: check.metric(fields['metric']), tags: check.tags(fields['tags']) };
}

function hostOf(resources: unknown, check: PayloadCheck): string | undefined {
  if (resources === undefined) return undefined;
  const hosts = check.list(resources, 'resources').flatMap((resource) => {
    const { type, name } = check.fields(resource, RESOURCE_FIELDS) ?? {};
    const text = check.text(name, 'the name of a resource');
    return check.text(type, 'the type of a resource') === 'host' ? [text] : [];
  });
  if (hosts.length > 1) check.complain('there is more than one host among the resources');
  return hosts[0];
}
