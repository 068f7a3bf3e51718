import { truncateList } from '../recording/truncate-list.js';
import type { IntakeOverwrite } from './intake-overwrite.js';
import type { IntakeDistribution, IntakeEvent, IntakeSeries } from './intake-payload.js';
import type { IntakeRequest } from './intake-request.js';

const MAX_LINES = 50;
const MAX_VALUES = 10;

/** Everything that an intake has recorded. */
export interface IntakeContents {
  readonly violations: readonly string[];
  readonly overwrites: readonly IntakeOverwrite[];
  readonly requests: readonly IntakeRequest[];
  readonly series: readonly IntakeSeries[];
  readonly distributions: readonly IntakeDistribution[];
  readonly events: readonly IntakeEvent[];
}

/** Describes an intake for people: one line for each violation, overwrite, request, series and event. */
export function describeIntake(intake: IntakeContents): string {
  const lines = [
    ...intake.violations.map((violation) => `violation ${violation}`),
    ...intake.overwrites.map(
      ({ metric, timestamp, lost, kept }) => `overwrite ${metric} at ${timestamp}: ${lost} by ${kept}`,
    ),
    ...intake.requests.map(
      ({ method, path, points, status }) => `${method} ${path}: ${points} points, ${status ?? 'no response'}`,
    ),
    ...intake.series.map(({ type, metric, tags, points }) => {
      const values = points.map(({ value }) => value);
      return `${type} ${metric}${formatTags(tags)} ${formatList(values)}`;
    }),
    ...intake.distributions.map(({ metric, tags, points }) => {
      const values = points.flatMap((point) => point.values);
      return `distribution ${metric}${formatTags(tags)} ${formatList(values)}`;
    }),
    ...intake.events.map(({ title }) => `event ${title}`),
  ];
  return lines.length === 0 ? 'nothing arrived' : truncateList(lines, MAX_LINES, 'lines').join('\n');
}

function formatTags(tags: readonly string[]): string {
  return tags.length === 0 ? '' : `{${tags.join(',')}}`;
}

function formatList(values: readonly number[]): string {
  return truncateList(values.map(String), MAX_VALUES, 'values').join(', ');
}
