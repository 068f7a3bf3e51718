import type { RecordedSample, RecordedValue } from './recorded-sample.js';
import type { Recording } from './recording.js';
import { shortened } from './truncate-list.js';

const MAX_LINES = 50;
const MAX_VALUES = 10;

/**
 * A recording as text for people: series by series, then what happened once, then what went wrong.
 *
 * @param amount what a sample adds to a counter.
 */
export function describeRecording(
  recording: Recording,
  amount: (sample: RecordedValue) => number = ({ value }) => value,
): string {
  const lines = [
    ...seriesLines(recording.samples(), amount),
    ...recording.events.map((event) => `event ${event.title}`),
    ...recording.serviceChecks.map((check) => `service check ${check.name} ${check.status}`),
    ...recording.problems.map(({ code, metric = '', message }) => `problem ${code} ${metric}: ${message}`),
  ];
  if (lines.length === 0) return 'nothing recorded';
  return shortened(lines, MAX_LINES, 'lines').join('\n');
}

function seriesLines(samples: readonly RecordedSample[], amount: (sample: RecordedValue) => number): string[] {
  const bySeries = new Map<string, RecordedSample[]>();
  for (const sample of samples) {
    const label = labelOf(sample);
    const known = bySeries.get(label);
    if (known === undefined) bySeries.set(label, [sample]);
    else known.push(sample);
  }
  return [...bySeries].map(([label, ofSeries]) => `${label} ${valueOf(ofSeries, amount)}`);
}

function labelOf({ kind, name, instance, tags }: RecordedSample): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  if (instance !== undefined) pairs.push(`instance=${instance}`);
  return `${kind} ${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`}`;
}

/** The sum of a counter, the last value of a gauge, the distinct members of a set, all values of the others. */
function valueOf(samples: readonly RecordedSample[], amount: (sample: RecordedValue) => number): string {
  const values = samples.map((sample) => (sample.kind === 'set' ? sample.member : sample.value));
  switch (samples[0]?.kind) {
    case 'counter':
      return String((samples as RecordedValue[]).reduce((sum, sample) => sum + amount(sample), 0));
    case 'gauge':
      return String(values.at(-1));
    case 'set':
      return shortened([...new Set(values)].map(String), MAX_VALUES, 'members').join(', ');
    default:
      return shortened(values.map(String), MAX_VALUES, 'values').join(', ');
  }
}
