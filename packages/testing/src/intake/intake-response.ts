import type { ServerResponse } from 'node:http';
import type { ResolvedFault } from './intake-fault.js';
import type { RequestCheck } from './request-check.js';

/** The response to a request, and whether its payload is stored. */
export interface MockResponse {
  /** Undefined means no response. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds between the bytes of a body that never ends. */
  readonly stall: number | undefined;
  /** Without a response: true if the connection is reset, false if it hangs. */
  readonly resets: boolean;
  /** True if the payload is stored. */
  readonly stores: boolean;
}

const NO_RESPONSE: MockResponse = {
  status: undefined,
  headers: {},
  body: '',
  stall: undefined,
  resets: true,
  stores: false,
};

/** Returns the response to a request for `path`, from the result of its check and the scripted fault. */
export function responseFor(
  fault: ResolvedFault,
  { status, responseBody, isAccepted }: RequestCheck,
  path: string,
): MockResponse {
  if (fault === 'ok') return { ...NO_RESPONSE, status, body: responseBody, resets: false, stores: isAccepted };
  if (fault === 'hang') return { ...NO_RESPONSE, resets: false };
  if (fault === 'lost-response') return { ...NO_RESPONSE, stores: isAccepted };
  if (typeof fault === 'string') return NO_RESPONSE;
  const {
    errors = fault.status < 300 ? [] : [`status ${fault.status}, as scripted`],
    retryAfter,
    redirect,
    stall,
  } = fault;
  const success = fault.status < 300 && errors.length === 0;
  return {
    status: fault.status,
    headers: {
      ...(retryAfter === undefined
        ? {}
        : { 'retry-after': typeof retryAfter === 'number' ? `${retryAfter}` : retryAfter.toUTCString() }),
      ...(redirect === undefined ? {} : { location: `${redirect}${path}` }),
    },
    body: success && isAccepted ? responseBody : JSON.stringify({ errors }),
    stall,
    resets: false,
    stores: success && isAccepted,
  };
}

/** Sends a response, if there is one. */
export function sendResponse({ status, headers, body, stall }: MockResponse, response: ServerResponse): void {
  if (status === undefined) return;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  if (stall === undefined) {
    response.end(body);
    return;
  }
  // JSON may start with white space, so a client that parses while it reads cannot detect that nothing will follow.
  response.flushHeaders();
  const timer = setInterval(() => response.write(' '), stall);
  response.on('close', () => clearInterval(timer));
}
