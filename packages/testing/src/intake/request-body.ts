import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';

const decompress = { deflate: promisify(inflate), gzip: promisify(gunzip) };

/** The body of a request as it was sent. */
export interface RequestBody {
  /** How many bytes were sent, kept or not. */
  readonly length: number;
  /** `undefined` beyond the limit. */
  readonly bytes: Buffer | undefined;
}

/** Reads to the end, so that the client gets its answer, and keeps no more than `limit` bytes. Rejects on a broken one. */
export async function readBody(request: IncomingMessage, limit: number): Promise<RequestBody> {
  let length = 0;
  let chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks = [];
  }
  return { length, bytes: length <= limit ? Buffer.concat(chunks) : undefined };
}

/**
 * The body without its content coding; `'too large'` beyond the limit.
 *
 * @throws Error of zlib when the body is not what the coding says; deflate has the wrapper of zlib (RFC 9110, 8.4.1.2).
 */
export async function decompressed(bytes: Buffer, coding: string, limit: number): Promise<Buffer | 'too large'> {
  if (coding !== 'deflate' && coding !== 'gzip') return bytes.length > limit ? 'too large' : bytes;
  try {
    return await decompress[coding](bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return 'too large';
    throw error;
  }
}
