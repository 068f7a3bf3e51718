// The transport over Unix datagrams.
import { HotShotsClient } from './hot-shots-client.js';
import type { PacketTransport } from './packet-transport.js';

/** The Datadog Agent and others read at most this. */
const DEFAULT_PACKET_BYTES = 8192;
/** `sockaddr_un` holds 108 bytes with the final NUL; a longer path would be truncated. */
export const MAX_SOCKET_PATH = 107;

export interface UdsTransportOptions {
  /** At most {@link MAX_SOCKET_PATH} bytes. */
  readonly path: string;
  /** @default 8192 */
  readonly maxPacketBytes?: number | undefined;
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

  /** @throws {Error} if the native package `unix-dgram` is missing. */
  constructor({ path, maxPacketBytes = DEFAULT_PACKET_BYTES }: UdsTransportOptions) {
    this.address = path;
    this.maxPacketBytes = maxPacketBytes;
    this.#client = new HotShotsClient({ protocol: 'uds', path });
  }

  send(packet: Uint8Array, done: (error: Error | undefined, retryable: boolean) => void): void {
    this.#client.send(packet, done);
  }

  connect(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): void {
    this.#client.close();
  }
}

/** Returns true if a Unix socket can have this path. */
export function isSocketPath(path: string): boolean {
  return path !== '' && !path.includes('\0') && Buffer.byteLength(path) <= MAX_SOCKET_PATH;
}
