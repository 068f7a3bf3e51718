import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { INTAKE_ENDPOINTS, type IntakeEndpoint } from './intake-endpoint.js';
import type { IntakeLimits } from './intake-limits.js';
import { EMPTY_PAYLOAD, type IntakePayload } from './intake-payload.js';
import { jsonExcerpt, PayloadCheck } from './payload-check.js';
import { decompressBody, type RequestBody } from './request-body.js';
import { checkApiKey, findMisplacedKeys } from './request-keys.js';

/** Half of a surrogate pair, which UTF-8 can carry as an escape sequence only. */
const HALF_PAIR = /\\u[dD][89a-fA-F]/;

/** The rules that requests are checked against. */
export interface IntakeRules {
  /** The right API key. Undefined accepts any key. */
  readonly apiKey: string | undefined;
  /** Limits below the documented ones. */
  readonly limits: Partial<IntakeLimits>;
  /** Returns milliseconds since the epoch. */
  now(): number;
}

/** A request that was read to its end. */
export interface ArrivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: RequestBody;
}

/** The result of checking a request, before any fault. */
export interface RequestCheck {
  readonly status: number;
  /** The body of the response. */
  readonly responseBody: string;
  /** True if the payload is valid and to be stored. */
  readonly isAccepted: boolean;
  /** The rules of the documentation that the request breaks. */
  readonly violations: readonly string[];
  readonly payload: IntakePayload;
  /** Bytes of the decompressed body, or 0 if it could not be decompressed. */
  readonly decompressedBytes: number;
  /** The decompressed body, or undefined if it could not be decompressed. */
  readonly text: string | undefined;
}

/** Checks the API key first, then the size, then the content, as the real intake does. */
export async function checkRequest(request: ArrivedRequest, rules: IntakeRules): Promise<RequestCheck> {
  const { method, path, query, headers } = request;
  const misplaced = findMisplacedKeys(headers, query);
  const key = checkApiKey(headers, rules.apiKey);
  if (key !== 'right') return rejectRequest(403, [...misplaced, `the API key in the header DD-API-KEY is ${key}`]);
  if (path === '/api/v1/validate' && method === 'GET')
    return { ...rejectRequest(200, misplaced), responseBody: '{"valid":true}' };
  const endpoint = INTAKE_ENDPOINTS.get(path);
  if (endpoint === undefined) return rejectRequest(404, [...misplaced, 'there is no such path']);
  if (method !== 'POST') return rejectRequest(405, [...misplaced, 'this path accepts POST only']);
  const check = await checkBody(request, endpoint, rules);
  return { ...check, violations: [...misplaced, ...check.violations] };
}

async function checkBody(
  { headers, body }: ArrivedRequest,
  endpoint: IntakeEndpoint,
  rules: IntakeRules,
): Promise<RequestCheck> {
  const { limits, codings } = endpoint;
  if (body.bytes === undefined || body.length > limits.body) {
    return rejectRequest(413, [`a body of ${body.length} bytes, at most ${limits.body} are allowed`]);
  }
  const coding = headers['content-encoding'] ?? '';
  if (coding === 'zstd1' && codings.includes(coding))
    return rejectRequest(400, ['this intake cannot decompress zstd1']);
  if (coding !== '' && !codings.includes(coding))
    return rejectRequest(400, [`Content-Encoding ${jsonExcerpt(coding)} is not documented for this path`]);
  let plain: Buffer | 'too large';
  try {
    plain = await decompressBody(body.bytes, coding, limits.decompressed);
  } catch {
    return rejectRequest(400, [`the body is not ${coding}${coding === 'deflate' ? ' with the zlib header' : ''}`]);
  }
  if (plain === 'too large')
    return rejectRequest(413, [`a body of more than ${limits.decompressed} bytes decompressed`]);

  const text = plain.toString('utf8');
  const check = new PayloadCheck(rules.now());
  const type = headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    check.addError(`Content-Type is ${jsonExcerpt(type)}, not application/json`);
  if (!isUtf8(plain)) check.addError('the body is not UTF-8');
  const payload = readPayload(text, endpoint, check);
  const arrived = { payload, decompressedBytes: plain.length, text };
  if (check.errors.length > 0) return { ...rejectRequest(400, check.errors), ...arrived };
  const {
    body: maxBytes = Infinity,
    decompressed: maxDecompressed = Infinity,
    points: maxPoints = Infinity,
  } = rules.limits;
  if (body.length > maxBytes || plain.length > maxDecompressed || payload.points > maxPoints) {
    return { ...rejectRequest(413, ['the payload exceeds the limits of this intake']), ...arrived, violations: [] };
  }
  return { ...arrived, status: 202, responseBody: endpoint.acceptedBody, isAccepted: true, violations: [] };
}

function readPayload(text: string, endpoint: IntakeEndpoint, check: PayloadCheck): IntakePayload {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    check.addError(`the body is not JSON: ${(error as Error).message}`);
    return EMPTY_PAYLOAD;
  }
  if (HALF_PAIR.test(text) && hasHalfCharacter(text)) check.addError('a string contains half a character');
  return endpoint.read(value, check);
}

function hasHalfCharacter(json: string): boolean {
  let found = false;
  JSON.parse(json, (_key, part: unknown) => {
    if (typeof part === 'string' && !part.isWellFormed()) found = true;
    return part;
  });
  return found;
}

function rejectRequest(status: number, violations: readonly string[]): RequestCheck {
  const responseBody = JSON.stringify({ errors: violations });
  return {
    status,
    responseBody,
    isAccepted: false,
    violations,
    payload: EMPTY_PAYLOAD,
    decompressedBytes: 0,
    text: undefined,
  };
}
