/** An address of the intake, and what one request to it may weigh. */
export interface Endpoint {
  readonly path: string;
  /** What stands before and behind the entries of a body. */
  readonly head: string;
  readonly tail: string;
  /** Whether bodies are deflated. */
  readonly deflated: boolean;
  /** Bytes as sent. */
  readonly maxBytes: number;
  /** Bytes before compression. */
  readonly maxRawBytes: number;
  readonly maxPoints: number;
}

const LIST = { head: '{"series":[', tail: ']}', deflated: true } as const;

/**
 * Limits are less than what is documented, so that a server that counts otherwise is satisfied too, and a payload of one
 * megabyte before compression at most, so that none is long in the making.
 */
const HEAD_ROOM = 0.9;
const LARGEST_RAW = 2 ** 20;

/** https://docs.datadoghq.com/api/latest/metrics/submit-metrics/, version 2; the points are those of Datadog's Agent. */
export const SERIES_V2: Endpoint = { ...LIST, path: '/api/v2/series', ...limits(512_000, 5_242_880, 10_000) };

/** The same page, version 1. */
export const SERIES_V1: Endpoint = { ...LIST, path: '/api/v1/series', ...limits(3_200_000, 62_914_560, 10_000) };

/** Limits are not documented for https://docs.datadoghq.com/api/latest/metrics/submit-distribution-points/. */
export const DISTRIBUTION_POINTS: Endpoint = {
  ...LIST,
  path: '/api/v1/distribution_points',
  ...limits(3_200_000, 62_914_560, 100_000),
};

/** One event a request, and no compression: https://docs.datadoghq.com/api/latest/events/post-an-event/ */
export const EVENTS: Endpoint = {
  path: '/api/v1/events',
  head: '',
  tail: '',
  deflated: false,
  ...limits(102_400, 102_400, 1),
};

function limits(
  bytes: number,
  rawBytes: number,
  points: number,
): Pick<Endpoint, 'maxBytes' | 'maxRawBytes' | 'maxPoints'> {
  return {
    maxBytes: Math.floor(bytes * HEAD_ROOM),
    maxRawBytes: Math.floor(Math.min(rawBytes * HEAD_ROOM, LARGEST_RAW)),
    maxPoints: Math.floor(points * HEAD_ROOM) || 1,
  };
}
