import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';

const decompress = { deflate: promisify(inflate), gzip: promisify(gunzip) };

/** The body of a request as it was sent, still compressed. */
export interface RequestBody {
  /** The number of bytes sent, kept or not. */
  readonly length: number;
  /** Undefined beyond the limit. */
  readonly bytes: Buffer | undefined;
}

/**
 * Reads a body to its end, so that the client gets a response, and keeps at most `limit` bytes. Rejects if the
 * connection breaks.
 */
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
 * Decompresses a body. Resolves with `'too large'` beyond the limit.
 *
 * @throws {Error} of zlib if the body does not have the given coding. Deflate has the zlib header (RFC 9110, 8.4.1.2).
 */
export async function decompressBody(bytes: Buffer, coding: string, limit: number): Promise<Buffer | 'too large'> {
  if (coding !== 'deflate' && coding !== 'gzip') return bytes.length > limit ? 'too large' : bytes;
  try {
    return await decompress[coding](bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return 'too large';
    throw error;
  }
}
