// Detects on this machine whether a UDP server listens.
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface UdpProbeOptions {
  /** A literal address of this machine. */
  readonly host: string;
  readonly port: number;
}

/**
 * A connected UDP socket that sends one packet at a time and detects whether a server listens: for a packet to a closed port
 * of this machine, the kernel immediately returns an error, but only to connected sockets. It probes with real packets only.
 */
export class UdpProbe {
  readonly #socket: Socket;
  /** The callback of the packet that is watched. */
  #done: ((error: Error | undefined) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // An error without a watched packet belongs to one that is counted already; the next packet will detect the same.
    socket.on('error', (error) => this.#complete(error));
  }

  /** Returns undefined if the socket cannot be opened, for example without a route. */
  static to({ host, port }: UdpProbeOptions): UdpProbe | undefined {
    const family = isIPv6(host) ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      // Calls back synchronously, so that the socket is connected when `connect` returns.
      lookup: (name, _options, callback) => callback(null, name, family),
    });
    const probe = new UdpProbe(socket);
    try {
      socket.connect(port, host);
      socket.unref();
      socket.remoteAddress();
      return probe;
    } catch {
      probe.close();
      return undefined;
    }
  }

  /**
   * Sends a packet and calls `done` within a millisecond or two. The error `ECONNREFUSED` means that no server received
   * the packet.
   */
  send(packet: Uint8Array, done: (error: Error | undefined) => void): void {
    this.#done = done;
    this.#socket.send(packet, (error) => {
      if (error !== null) this.#complete(error);
    });
    // The timeout is for kernels that return the error a little later; the immediate lets the event loop poll the socket.
    setTimeout(() => {
      setImmediate(() => {
        if (this.#done === done) this.#complete(undefined);
      });
    }, 1);
  }

  close(): void {
    this.#done = undefined;
    try {
      this.#socket.close();
    } catch {
      // It was never open.
    }
  }

  #complete(error: Error | undefined): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(error);
  }
}

/** Returns true if a literal address belongs to this machine. */
export function isOwnAddress(address: string): boolean {
  if (isLoopback(address)) return true;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some((own) => own.address === address));
}

export function isLoopback(address: string): boolean {
  return /^(127\.|::1$|::ffff:127\.)/i.test(address);
}
