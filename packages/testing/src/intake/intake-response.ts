import type { ServerResponse } from 'node:http';
import type { PlainFault } from './intake-fault.js';
import type { Verdict } from './request-check.js';

/** What becomes of a request, fault or not. */
export interface IntakeAnswer {
  /** `undefined` is no answer. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds between the bytes of a body that never ends. */
  readonly stall: number | undefined;
  /** Without an answer: whether the connection is reset, or hangs. */
  readonly resets: boolean;
  readonly stores: boolean;
}

const SILENCE: IntakeAnswer = {
  status: undefined,
  headers: {},
  body: '',
  stall: undefined,
  resets: true,
  stores: false,
};

/** The answer to a request to `path` that deserves `verdict`. */
export function answerOf(fault: PlainFault, { status, answer, taken }: Verdict, path: string): IntakeAnswer {
  if (fault === 'ok') return { ...SILENCE, status, body: answer, resets: false, stores: taken };
  if (fault === 'hang') return { ...SILENCE, resets: false };
  if (fault === 'lost-response') return { ...SILENCE, stores: taken };
  if (typeof fault === 'string') return SILENCE;
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
    body: success && taken ? answer : JSON.stringify({ errors }),
    stall,
    resets: false,
    stores: success && taken,
  };
}

/** Sends it, unless it is none. */
export function sendAnswer({ status, headers, body, stall }: IntakeAnswer, response: ServerResponse): void {
  if (status === undefined) return;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  if (stall === undefined) {
    response.end(body);
    return;
  }
  // White space is a beginning of JSON: a client that reads as it comes cannot tell that nothing will follow.
  response.flushHeaders();
  const timer = setInterval(() => response.write(' '), stall);
  response.on('close', () => clearInterval(timer));
}
