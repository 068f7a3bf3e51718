import { constants } from 'node:os';
import { HotShotsClient } from './hot-shots-client.js';
import type { PacketTransport } from './packet-transport.js';

/** What the Datadog Agent and others read at once. */
const PACKET = 8192;

export interface UdsTransportOptions {
  readonly path: string;
  readonly maxPacketBytes: number | undefined;
}

/**
 * Datagrams to a Unix socket. What its kernel refuses (nobody there, or the reader is behind) never left, so it is
 * offered again, and hot-shots connects anew where the server came back.
 */
export class UdsTransport implements PacketTransport {
  readonly ready = true;
  readonly address: string;
  readonly maxPacketBytes: number;
  /** Linux queues ten datagrams for a Unix socket (`net.unix.max_dgram_qlen`). */
  readonly maxBurstPackets = 5;
  readonly #client: HotShotsClient;

  /** @throws {Error} when the native package is missing. */
  constructor(options: UdsTransportOptions) {
    this.address = options.path;
    this.maxPacketBytes = options.maxPacketBytes ?? PACKET;
    this.#client = new HotShotsClient({ protocol: 'uds', path: options.path });
  }

  send(packet: Uint8Array, done: (error: Error | undefined, refused: boolean) => void): void {
    this.#client.send(packet, (error) => {
      done(error, error !== undefined && error.code !== -constants.errno.EMSGSIZE);
    });
  }

  connect(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): void {
    this.#client.close();
  }
}
