import type { IntakeFault } from './intake-fault.js';

/** A request as it arrived. The last 1000 are kept. */
export interface IntakeRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** In lower case. Keys are left out, so that a failing test does not print them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether a key came along, and whether it was the right one. */
  readonly apiKey: 'right' | 'wrong' | 'missing';
  /** Bytes of the body as sent. */
  readonly bytes: number;
  /** Bytes of the body without its coding; 0 where that could not be told. */
  readonly decompressedBytes: number;
  /** Points of series, values of distributions, and events. */
  readonly points: number;
  /** The body without its coding; `undefined` beyond 64 KiB. */
  readonly body: string | undefined;
  /** What the script made of it. */
  readonly fault: IntakeFault;
  /** What was answered; `undefined` where nothing was. */
  readonly status: number | undefined;
  /** When it had arrived, in milliseconds since the epoch. */
  readonly time: number;
  /** What the documents do not allow. */
  readonly violations: readonly string[];
}
