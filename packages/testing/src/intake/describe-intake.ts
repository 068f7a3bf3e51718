import { shortened } from '../recording/truncate-list.js';
import type { IntakeRecord } from './intake-record.js';

const MAX_LINES = 50;
const MAX_VALUES = 10;

/** What an intake took as text for people: the requests, what was wrong with them, and series by series what came. */
export function describeIntake(intake: IntakeRecord): string {
  const lines = [
    ...intake.violations.map((violation) => `violation ${violation}`),
    ...intake.overwrites.map(
      ({ metric, timestamp, lost, kept }) => `overwrite ${metric} at ${timestamp}: ${lost} by ${kept}`,
    ),
    ...intake.requests.map(
      ({ method, path, points, status }) => `${method} ${path}: ${points} points, ${status ?? 'no answer'}`,
    ),
    ...intake.series.map(({ type, metric, tags, points }) => {
      const values = points.map(({ value }) => value);
      return `${type} ${metric}${labels(tags)} ${listed(values)}`;
    }),
    ...intake.distributions.map(({ metric, tags, points }) => {
      const values = points.flatMap((point) => point.values);
      return `distribution ${metric}${labels(tags)} ${listed(values)}`;
    }),
    ...intake.events.map(({ title }) => `event ${title}`),
  ];
  return lines.length === 0 ? 'nothing arrived' : shortened(lines, MAX_LINES, 'lines').join('\n');
}

function labels(tags: readonly string[]): string {
  return tags.length === 0 ? '' : `{${tags.join(',')}}`;
}

function listed(values: readonly number[]): string {
  return shortened(values.map(String), MAX_VALUES, 'values').join(', ');
}
