import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Endpoint } from './endpoint.js';

const compress = promisify(deflate);
const decompress = promisify(inflate);
/** The fastest: on names and tags, which repeat, the best is hardly smaller. */
const LEVEL = 1;

/** The body of one request, ready to be sent, with what is needed to cut it in two. */
export interface Payload {
  readonly endpoint: Endpoint;
  readonly body: Buffer;
  /** Where each entry ends in the body before compression, and how many samples it stands for. */
  readonly ends: Uint32Array;
  readonly samples: Uint32Array;
  /** Of the oldest point, in seconds since the epoch. */
  readonly timestamp: number;
}

export interface PayloadParts {
  readonly endpoint: Endpoint;
  /** Entries as JSON. */
  readonly texts: readonly string[];
  /** How many samples each of them stands for. */
  readonly samples: readonly number[];
  readonly timestamp: number;
}

/** Compresses what was collected: one payload, or more where one is larger than the endpoint takes. */
export async function payloadsOf({ endpoint, texts, samples, timestamp }: PayloadParts): Promise<Payload[]> {
  const raw = Buffer.from(endpoint.head + texts.join(',') + endpoint.tail);
  const ends = new Uint32Array(texts.length);
  let end = endpoint.head.length;
  texts.forEach((text, index) => {
    end += Buffer.byteLength(text);
    ends[index] = end;
    end += 1;
  });
  return fitted(raw, { endpoint, ends, samples: Uint32Array.from(samples), timestamp });
}

/** Cuts a payload of more than one entry in two. */
export async function halvesOf(payload: Payload): Promise<Payload[]> {
  const { endpoint, body } = payload;
  return halved(endpoint.deflated ? await decompress(body) : body, payload);
}

/** The number of samples in a payload. */
export function samplesIn(payload: Payload): number {
  let sum = 0;
  for (const samples of payload.samples) sum += samples;
  return sum;
}

/** The memory a payload takes, in bytes. */
export function weightOf({ body, ends, samples }: Payload): number {
  return body.length + ends.byteLength + samples.byteLength;
}

type Rest = Omit<Payload, 'body'>;

async function fitted(raw: Buffer, rest: Rest): Promise<Payload[]> {
  const { endpoint, ends } = rest;
  const body = endpoint.deflated ? await compress(raw, { level: LEVEL }) : raw;
  const fits = body.length <= endpoint.maxBytes && raw.length <= endpoint.maxRawBytes;
  return fits || ends.length === 1 ? [{ ...rest, body }] : halved(raw, rest);
}

async function halved(raw: Buffer, { endpoint, ends, samples, timestamp }: Rest): Promise<Payload[]> {
  const middle = ends.length >> 1;
  const [head, tail] = [Buffer.from(endpoint.head), Buffer.from(endpoint.tail)];
  const halves = [
    [0, middle],
    [middle, ends.length],
  ] as const;
  const payloads = halves.map(([first, last]) => {
    // A comma stands between two entries.
    const from = first === 0 ? head.length : ends[first - 1]! + 1;
    const part = Buffer.concat([head, raw.subarray(from, ends[last - 1]), tail]);
    const shifted = ends.slice(first, last).map((end) => end - from + head.length);
    return fitted(part, { endpoint, ends: shifted, samples: samples.slice(first, last), timestamp });
  });
  return (await Promise.all(payloads)).flat();
}
