/** A path of the intake and the limits of one request to it. */
export interface Endpoint {
  readonly path: string;
  /** The start of a body, before its entries. */
  readonly bodyPrefix: string;
  readonly bodySuffix: string;
  /** True if bodies are sent deflated. */
  readonly deflated: boolean;
  /** Limit of the body as sent. */
  readonly maxBytes: number;
  /** Limit of the body before compression. */
  readonly maxRawBytes: number;
  readonly maxPoints: number;
}

const SERIES_LIST = { bodyPrefix: '{"series":[', bodySuffix: ']}', deflated: true } as const;

/** Share of the documented limits that is used, in case the server counts differently. */
const LIMIT_MARGIN = 0.9;
/** Limit of any body before compression, so that building one never blocks for long. */
const MAX_RAW_BYTES = 2 ** 20;

/**
 * Version 2 of series. The limit of points is that of Datadog's Agent.
 *
 * https://docs.datadoghq.com/api/latest/metrics/submit-metrics/
 */
export const SERIES_V2: Endpoint = { ...SERIES_LIST, path: '/api/v2/series', ...limits(512_000, 5_242_880, 10_000) };

/** Version 1 of series, documented on the same page. */
export const SERIES_V1: Endpoint = { ...SERIES_LIST, path: '/api/v1/series', ...limits(3_200_000, 62_914_560, 10_000) };

/**
 * Points of distributions. Their limits are not documented.
 *
 * https://docs.datadoghq.com/api/latest/metrics/submit-distribution-points/
 */
export const DISTRIBUTION_POINTS: Endpoint = {
  ...SERIES_LIST,
  path: '/api/v1/distribution_points',
  ...limits(3_200_000, 62_914_560, 100_000),
};

/** Events: one in each request, without compression. https://docs.datadoghq.com/api/latest/events/post-an-event/ */
export const EVENTS: Endpoint = {
  path: '/api/v1/events',
  bodyPrefix: '',
  bodySuffix: '',
  deflated: false,
  ...limits(102_400, 102_400, 1),
};

function limits(
  bytes: number,
  rawBytes: number,
  points: number,
): Pick<Endpoint, 'maxBytes' | 'maxRawBytes' | 'maxPoints'> {
  return {
    maxBytes: Math.floor(bytes * LIMIT_MARGIN),
    maxRawBytes: Math.floor(Math.min(rawBytes * LIMIT_MARGIN, MAX_RAW_BYTES)),
    maxPoints: Math.floor(points * LIMIT_MARGIN) || 1,
  };
}
