import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Endpoint } from './endpoint.js';

const compress = promisify(deflate);
const decompress = promisify(inflate);
/** The fastest level. Higher ones hardly shrink names and tags further, because these repeat. */
const COMPRESSION_LEVEL = 1;

/** The body of one request, ready to send, and the positions at which it can be split. */
export interface Payload {
  readonly endpoint: Endpoint;
  readonly body: Buffer;
  /** The end of each entry in the body before compression. */
  readonly ends: Uint32Array;
  /** The number of samples in each entry. */
  readonly samples: Uint32Array;
  /** The date of the oldest point, in milliseconds on the clock's `elapsed`. */
  readonly datedAt: number;
}

export interface PayloadContent {
  readonly endpoint: Endpoint;
  /** JSON strings. */
  readonly entries: readonly string[];
  /** The number of samples in each entry. */
  readonly samples: readonly number[];
  /** The date of the oldest point, in milliseconds on the clock's `elapsed`. */
  readonly datedAt: number;
}

/** Compresses entries into one payload, or into several if one would exceed the limits of the endpoint. */
export async function buildPayloads({ endpoint, entries, samples, datedAt }: PayloadContent): Promise<Payload[]> {
  const raw = Buffer.from(endpoint.bodyPrefix + entries.join(',') + endpoint.bodySuffix);
  const ends = new Uint32Array(entries.length);
  let end = endpoint.bodyPrefix.length;
  entries.forEach((json, index) => {
    end += Buffer.byteLength(json);
    ends[index] = end;
    end += 1;
  });
  return compressToFit(raw, { endpoint, ends, samples: Uint32Array.from(samples), datedAt });
}

/** Splits a payload of at least two entries in half. */
export async function splitPayload(payload: Payload): Promise<Payload[]> {
  const { endpoint, body } = payload;
  return splitInHalf(endpoint.deflated ? await decompress(body) : body, payload);
}

export function sampleCount(payload: Payload): number {
  let sum = 0;
  for (const samples of payload.samples) sum += samples;
  return sum;
}

/** Returns the bytes of memory that a payload occupies. */
export function memoryBytes({ body, ends, samples }: Payload): number {
  return body.length + ends.byteLength + samples.byteLength;
}

type PayloadMetadata = Omit<Payload, 'body'>;

async function compressToFit(raw: Buffer, metadata: PayloadMetadata): Promise<Payload[]> {
  const { endpoint, ends } = metadata;
  const body = endpoint.deflated ? await compress(raw, { level: COMPRESSION_LEVEL }) : raw;
  const fits = body.length <= endpoint.maxBytes && raw.length <= endpoint.maxRawBytes;
  return fits || ends.length === 1 ? [{ ...metadata, body }] : splitInHalf(raw, metadata);
}

async function splitInHalf(raw: Buffer, { endpoint, ends, samples, datedAt }: PayloadMetadata): Promise<Payload[]> {
  const middle = ends.length >> 1;
  const [prefix, suffix] = [Buffer.from(endpoint.bodyPrefix), Buffer.from(endpoint.bodySuffix)];
  const halves = [
    [0, middle],
    [middle, ends.length],
  ] as const;
  const payloads = halves.map(([first, last]) => {
    // One character, the comma, separates two entries.
    const from = first === 0 ? prefix.length : ends[first - 1]! + 1;
    const half = Buffer.concat([prefix, raw.subarray(from, ends[last - 1]), suffix]);
    const shiftedEnds = ends.slice(first, last).map((end) => end - from + prefix.length);
    return compressToFit(half, { endpoint, ends: shiftedEnds, samples: samples.slice(first, last), datedAt });
  });
  return (await Promise.all(payloads)).flat();
}
