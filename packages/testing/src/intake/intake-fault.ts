/**
 * How the intake handles one request.
 *
 * | fault | behavior |
 * | --- | --- |
 * | `'ok'` | The intake works normally. |
 * | a number | It responds with this status. |
 * | {@link FaultResponse} | It responds with a status and more: Retry-After, a redirect, errors, a body that never ends. |
 * | `'hang'` | It reads the request and never responds. It stores nothing. |
 * | `'stall'` | `{ status: 202, stall: 100 }`: it stores the payload, and the response never ends. |
 * | `'reset'` | It reads the request, then resets the connection (RST). It stores nothing. |
 * | `'reset-early'` | It resets the connection before it reads the body. |
 * | `'lost-response'` | It stores the payload, then resets the connection without a response. |
 *
 * The payload of a valid request is stored if the status is 2xx without errors, whether or not the response arrives.
 */
export type IntakeFault = number | FaultResponse | 'ok' | 'hang' | 'stall' | 'reset' | 'reset-early' | 'lost-response';

/** A response with a status and more. */
export interface FaultResponse {
  /** The status of the response, such as 429. */
  readonly status: number;
  /** The header Retry-After, in seconds or as a date. */
  readonly retryAfter?: number | Date | undefined;
  /** The origin in the header Location, such as the `url` of another intake. The path of the request is appended. */
  readonly redirect?: string | undefined;
  /** Errors in the body. With status 202 too, the intake then stores nothing. */
  readonly errors?: readonly string[] | undefined;
  /** Milliseconds between single bytes of a body that never ends. The headers are sent immediately. */
  readonly stall?: number | undefined;
}

/** A fault whose shorthands are resolved. */
export type ResolvedFault = FaultResponse | 'ok' | 'hang' | 'reset' | 'reset-early' | 'lost-response';

const FAULT_NAMES: ReadonlySet<unknown> = new Set(['ok', 'hang', 'reset', 'reset-early', 'lost-response']);

/**
 * Resolves the shorthands of a fault.
 *
 * @throws {TypeError} if it is not a fault.
 * @throws {RangeError} if its status is not an integer from 200 to 599.
 */
export function resolveFault(fault: IntakeFault): ResolvedFault {
  if (fault === 'stall') return { status: 202, stall: 100 };
  const resolved = typeof fault === 'number' ? { status: fault } : fault;
  if (typeof resolved === 'object' && resolved !== null) {
    const { status } = resolved;
    if (Number.isInteger(status) && status >= 200 && status <= 599) return resolved;
    throw new RangeError(`The status of a fault must be an integer from 200 to 599, not ${String(status)}`);
  }
  if (!FAULT_NAMES.has(resolved)) throw new TypeError(`There is no fault ${JSON.stringify(resolved)}: see IntakeFault`);
  return resolved;
}
