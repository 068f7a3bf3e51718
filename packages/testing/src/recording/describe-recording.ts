import type { Problem } from '@metrics/core';
import type { RecordedSample, RecordedValue } from './recorded-sample.js';
import type { RecordedEvent, RecordedServiceCheck } from './tag-object.js';
import { truncateList } from './truncate-list.js';

const MAX_LINES = 50;
const MAX_VALUES = 10;

/**
 * Describes a recording for people: one line for each series, event, service check and problem.
 *
 * @param amountOf what a sample adds to a counter.
 */
export function describeRecording(
  samples: readonly RecordedSample[],
  {
    events,
    serviceChecks,
    problems,
  }: {
    readonly events: readonly RecordedEvent[];
    readonly serviceChecks: readonly RecordedServiceCheck[];
    readonly problems: readonly Problem[];
  },
  amountOf: (sample: RecordedValue) => number = ({ value }) => value,
): string {
  const lines = [
    ...describeSeries(samples, amountOf),
    ...events.map((event) => `event ${event.title}`),
    ...serviceChecks.map((check) => `service check ${check.name} ${check.status}`),
    ...problems.map(({ code, metric = '', message }) => `problem ${code} ${metric}: ${message}`),
  ];
  if (lines.length === 0) return 'nothing recorded';
  return truncateList(lines, MAX_LINES, 'lines').join('\n');
}

function describeSeries(samples: readonly RecordedSample[], amountOf: (sample: RecordedValue) => number): string[] {
  const bySeries = new Map<string, RecordedSample[]>();
  for (const sample of samples) {
    const label = labelOf(sample);
    const known = bySeries.get(label);
    if (known === undefined) bySeries.set(label, [sample]);
    else known.push(sample);
  }
  return [...bySeries].map(([label, ofSeries]) => `${label} ${describeValues(ofSeries, amountOf)}`);
}

function labelOf({ kind, name, instance, tags }: RecordedSample): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  if (instance !== undefined) pairs.push(`instance=${instance}`);
  return `${kind} ${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`}`;
}

/**
 * Shows the sum of a counter, the last value of a gauge, the distinct members of a set, and all values of the others.
 */
function describeValues(samples: readonly RecordedSample[], amountOf: (sample: RecordedValue) => number): string {
  const values = samples.map((sample) => (sample.kind === 'set' ? sample.member : sample.value));
  switch (samples[0]?.kind) {
    case 'counter':
      return String((samples as RecordedValue[]).reduce((sum, sample) => sum + amountOf(sample), 0));
    case 'gauge':
      return String(values.at(-1));
    case 'set':
      return truncateList([...new Set(values)].map(String), MAX_VALUES, 'members').join(', ');
    default:
      return truncateList(values.map(String), MAX_VALUES, 'values').join(', ');
  }
}
