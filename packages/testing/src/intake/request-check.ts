import type { IncomingHttpHeaders } from 'node:http';
import { INTAKE_ENDPOINTS, type IntakeEndpoint } from './intake-endpoint.js';
import type { IntakeLimits } from './intake-limits.js';
import { EMPTY_PAYLOAD, type IntakePayload } from './intake-payload.js';
import { PayloadCheck, shown } from './payload-check.js';
import { decompressed, type RequestBody } from './request-body.js';
import { misplacedKeys, stateOfKey } from './request-keys.js';

/** What the intake holds requests against. */
export interface IntakeRules {
  /** The one key that is right; any, when left out. */
  readonly apiKey: string | undefined;
  /** Tighter than the documented limits. */
  readonly limits: Partial<IntakeLimits>;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface ArrivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: RequestBody;
}

/** What the intake makes of a request, before any fault. */
export interface Verdict {
  readonly status: number;
  /** The body of the answer. */
  readonly answer: string;
  /** Whether the payload is to be kept. */
  readonly taken: boolean;
  /** What the documents do not allow. */
  readonly violations: readonly string[];
  readonly payload: IntakePayload;
  /** Bytes of the body without its coding; 0 when it could not be told. */
  readonly decompressedBytes: number;
  /** The body without its coding; `undefined` when it could not be told. */
  readonly text: string | undefined;
}

/** Key first, then size, then content: as the real one. */
export async function verdictOf(request: ArrivedRequest, rules: IntakeRules): Promise<Verdict> {
  const { method, path, query, headers } = request;
  const misplaced = misplacedKeys(headers, query);
  const key = stateOfKey(headers, rules.apiKey);
  if (key !== 'right') return refusal(403, [...misplaced, `the API key in the header DD-API-KEY is ${key}`]);
  if (path === '/api/v1/validate' && method === 'GET') return { ...refusal(200, misplaced), answer: '{"valid":true}' };
  const endpoint = INTAKE_ENDPOINTS.get(path);
  if (endpoint === undefined) return refusal(404, [...misplaced, 'there is nothing at this path']);
  if (method !== 'POST') return refusal(405, [...misplaced, 'this path takes POST only']);
  const verdict = await verdictOfBody(request, endpoint, rules);
  return { ...verdict, violations: [...misplaced, ...verdict.violations] };
}

async function verdictOfBody(
  { headers, body }: ArrivedRequest,
  endpoint: IntakeEndpoint,
  rules: IntakeRules,
): Promise<Verdict> {
  const { limits, codings } = endpoint;
  if (body.bytes === undefined || body.length > limits.body) {
    return refusal(413, [`a body of ${body.length} bytes, ${limits.body} are taken`]);
  }
  const coding = headers['content-encoding'] ?? '';
  if (coding === 'zstd1' && codings.includes(coding)) return refusal(400, ['zstd1 is not understood by this intake']);
  if (coding !== '' && !codings.includes(coding))
    return refusal(400, [`Content-Encoding ${shown(coding)} is not declared`]);
  let plain: Buffer | 'too large';
  try {
    plain = await decompressed(body.bytes, coding, limits.decompressed);
  } catch {
    return refusal(400, [`the body is not ${coding}${coding === 'deflate' ? ' in the wrapper of zlib' : ''}`]);
  }
  if (plain === 'too large') return refusal(413, [`a body of more than ${limits.decompressed} bytes decompressed`]);

  const text = plain.toString('utf8');
  const check = new PayloadCheck(rules.now());
  const type = headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) check.complain(`Content-Type is ${shown(type)}, not application/json`);
  const payload = read(text, endpoint, check);
  const complaints = check.complaints;
  const arrived = { payload, decompressedBytes: plain.length, text };
  if (complaints.length > 0) return { ...refusal(400, complaints), ...arrived };
  const {
    body: most = Infinity,
    decompressed: mostDecompressed = Infinity,
    points: mostPoints = Infinity,
  } = rules.limits;
  if (body.length > most || plain.length > mostDecompressed || payload.points > mostPoints) {
    return { ...refusal(413, ['the payload is larger than this intake was told to take']), ...arrived, violations: [] };
  }
  return { ...arrived, status: 202, answer: endpoint.accepted, taken: true, violations: [] };
}

function read(text: string, endpoint: IntakeEndpoint, check: PayloadCheck): IntakePayload {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    check.complain(`the body is not JSON: ${(error as Error).message}`);
    return EMPTY_PAYLOAD;
  }
  if (text.includes('\uFFFD')) check.complain('the body is not UTF-8, or holds a character that was lost before');
  return endpoint.read(value, check);
}

function refusal(status: number, violations: readonly string[]): Verdict {
  const answer = JSON.stringify({ errors: violations });
  return { status, answer, taken: false, violations, payload: EMPTY_PAYLOAD, decompressedBytes: 0, text: undefined };
}
