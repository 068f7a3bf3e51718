import type { IntakeFault } from './intake-fault.js';

/** A request as it arrived. */
export interface IntakeRequest {
  /** The method in capitals: `POST`. */
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  /** Headers with lower-case names. API keys are removed, so that a failing test does not print them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The state of the API key in the header. */
  readonly apiKey: 'right' | 'wrong' | 'missing';
  /** Bytes of the body as sent. */
  readonly bytes: number;
  /** Bytes of the decompressed body, or 0 if it could not be decompressed. */
  readonly decompressedBytes: number;
  /** The number of points of series, values of distributions, and events. */
  readonly points: number;
  /** The decompressed body, or undefined beyond 64 KiB. */
  readonly body: string | undefined;
  /** The fault that was scripted for it. */
  readonly fault: IntakeFault;
  /** The status of the response, or undefined if there was none. */
  readonly status: number | undefined;
  /** The time when the request had arrived, in milliseconds since the epoch. */
  readonly time: number;
  /** The rules of the documentation that the request breaks. */
  readonly violations: readonly string[];
}
