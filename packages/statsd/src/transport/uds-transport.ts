// The transport over Unix datagrams.
import { constants } from 'node:os';
import type { PacketError } from './datagram-socket.js';
import { HotShotsClient } from './hot-shots-client.js';
import type { PacketTransport } from './packet-transport.js';

/** The Datadog Agent and others read at most this. */
const DEFAULT_PACKET_BYTES = 8192;
/** `sockaddr_un` holds 108 bytes with the final NUL; a longer path would be truncated. */
export const MAX_SOCKET_PATH = 107;

/** Options of {@link UdsTransport}. */
export interface UdsTransportOptions {
  /** The path of the socket; at most 107 bytes. */
  readonly path: string;
  /** Bytes of the largest packet. @default 8192 */
  readonly maxPacketBytes?: number | undefined;
  /** A sentence for messages: what to do if the path is that of a stream socket. */
  readonly streamHint?: string | undefined;
}

/**
 * Datagrams to a Unix socket. A datagram that the kernel refuses, because no server listens or its queue is full, never left
 * the process, so it is retried; hot-shots connects again when the server is back.
 */
export class UdsTransport implements PacketTransport {
  readonly ready = true;
  readonly address: string;
  readonly maxPacketBytes: number;
  /** Half of the datagrams that Linux queues for a Unix socket (`net.unix.max_dgram_qlen`). */
  readonly maxBurstPackets = 5;
  readonly #client: HotShotsClient;
  readonly #streamHint: string;

  /**
   * Opens the socket.
   *
   * @throws {Error} if the native package `unix-dgram` is missing.
   */
  constructor({ path, maxPacketBytes = DEFAULT_PACKET_BYTES, streamHint }: UdsTransportOptions) {
    this.address = path;
    this.maxPacketBytes = maxPacketBytes;
    this.#streamHint = streamHint ?? 'Have the server listen for datagrams, or use a transport for streams.';
    this.#client = new HotShotsClient({ protocol: 'uds', path });
  }

  send(packet: Uint8Array, done: (error: Error | undefined, retryable: boolean) => void): void {
    this.#client.send(packet, (error, retryable) => done(error && this.#explain(error), retryable));
  }

  connect(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** Releases the socket. Further calls change nothing. */
  close(): void {
    this.#client.close();
  }

  #explain(error: PacketError): Error {
    if (error.code !== -constants.errno.EPROTOTYPE) return error;
    const message = `${this.address} is a stream socket, which takes no datagrams. ${this.#streamHint}`;
    return new Error(message, { cause: error });
  }
}

/** Returns true if a Unix socket can have this path, and a message can show it. */
export function isSocketPath(path: string): boolean {
  return path !== '' && !/[\p{Cc}\p{Cs}]/u.test(path) && Buffer.byteLength(path) <= MAX_SOCKET_PATH;
}
