import { readDistributions } from './distribution-payload.js';
import { readEvent } from './event-payload.js';
import {
  DISTRIBUTION_LIMITS,
  EVENT_LIMITS,
  type IntakeLimits,
  SERIES_V1_LIMITS,
  SERIES_V2_LIMITS,
} from './intake-limits.js';
import { EMPTY_PAYLOAD, type IntakePayload } from './intake-payload.js';
import type { PayloadCheck } from './payload-check.js';
import { readSeriesV1, readSeriesV2 } from './series-payload.js';

/** One path of the intake that accepts POST. */
export interface IntakeEndpoint {
  readonly limits: IntakeLimits;
  /** The content codings that it documents, in addition to none. */
  readonly codings: readonly string[];
  /** The body of the response to an accepted request. */
  readonly acceptedBody: string;
  /** Reads the body of a request, and adds the errors in it to `check`. */
  read(body: unknown, check: PayloadCheck): IntakePayload;
}

/**
 * The endpoints by path: https://docs.datadoghq.com/api/latest/metrics/ and
 * https://docs.datadoghq.com/api/latest/events/post-an-event/
 */
export const INTAKE_ENDPOINTS: ReadonlyMap<string, IntakeEndpoint> = new Map<string, IntakeEndpoint>([
  ['/api/v1/series', seriesEndpoint(SERIES_V1_LIMITS, ['deflate', 'gzip'], '{"status":"ok"}', readSeriesV1)],
  ['/api/v2/series', seriesEndpoint(SERIES_V2_LIMITS, ['deflate', 'gzip', 'zstd1'], '{"errors":[]}', readSeriesV2)],
  [
    '/api/v1/distribution_points',
    {
      limits: DISTRIBUTION_LIMITS,
      codings: ['deflate'],
      acceptedBody: '{"status":"ok"}',
      read(body, check) {
        const distributions = readDistributions(body, check);
        const points = distributions.reduce(
          (sum, each) => each.points.reduce((of, { values }) => of + values.length, sum),
          0,
        );
        return { ...EMPTY_PAYLOAD, distributions, points };
      },
    },
  ],
  [
    '/api/v1/events',
    {
      limits: EVENT_LIMITS,
      codings: [],
      acceptedBody: '{"status":"ok"}',
      read(body, check) {
        const events = readEvent(body, check);
        return { ...EMPTY_PAYLOAD, events, points: events.length };
      },
    },
  ],
]);

function seriesEndpoint(
  limits: IntakeLimits,
  codings: readonly string[],
  accepted: string,
  readSeries: typeof readSeriesV1,
): IntakeEndpoint {
  return {
    limits,
    codings,
    acceptedBody: accepted,
    read(body, check) {
      const series = readSeries(body, check);
      return { ...EMPTY_PAYLOAD, series, points: series.reduce((sum, { points }) => sum + points.length, 0) };
    },
  };
}
