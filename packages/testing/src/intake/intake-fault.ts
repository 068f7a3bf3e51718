/**
 * What the intake does with one request instead of its duty.
 *
 * | | |
 * | --- | --- |
 * | `'ok'` | its duty |
 * | a number | answers with this status |
 * | {@link FaultResponse} | answers with a status and more: Retry-After, a redirect, errors, a body that never ends |
 * | `'hang'` | reads the request and never answers; nothing is stored |
 * | `'stall'` | `{ status: 202, stall: 100 }`: stores, and the answer never ends |
 * | `'reset'` | reads the request, then resets the connection (RST); nothing is stored |
 * | `'reset-early'` | resets the connection before the body is read |
 * | `'lost-response'` | stores, then resets the connection without an answer, so that the client cannot know |
 *
 * A request is stored when it is right and its status is 2xx without errors, whether or not the answer gets through.
 */
export type IntakeFault = number | FaultResponse | 'ok' | 'hang' | 'stall' | 'reset' | 'reset-early' | 'lost-response';

export interface FaultResponse {
  readonly status: number;
  /** The header Retry-After, as seconds or as a date. */
  readonly retryAfter?: number | Date | undefined;
  /** The header Location: this origin, with the path of the request behind it. Give the `url` of another intake. */
  readonly redirect?: string | undefined;
  /** Errors in the body. With status 202 that is a refusal in the clothes of a success: nothing is stored. */
  readonly errors?: readonly string[] | undefined;
  /** Sends the headers, and then one byte of the body each so many milliseconds, for ever. */
  readonly stall?: number | undefined;
}

/** A fault with its shorthands written out. */
export type PlainFault = FaultResponse | 'ok' | 'hang' | 'reset' | 'reset-early' | 'lost-response';

const WORDS: ReadonlySet<unknown> = new Set(['ok', 'hang', 'reset', 'reset-early', 'lost-response']);

/** @throws TypeError when it is none, RangeError when its status is none. */
export function plainFault(fault: IntakeFault): PlainFault {
  if (fault === 'stall') return { status: 202, stall: 100 };
  const plain = typeof fault === 'number' ? { status: fault } : fault;
  if (typeof plain === 'object' && plain !== null) {
    const { status } = plain;
    if (Number.isInteger(status) && status >= 200 && status <= 599) return plain;
    throw new RangeError(`The status of a fault must be an integer from 200 to 599, not ${String(status)}`);
  }
  if (!WORDS.has(plain)) throw new TypeError(`There is no fault ${JSON.stringify(plain)}: see IntakeFault`);
  return plain;
}
