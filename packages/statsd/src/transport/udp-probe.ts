import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface UdpProbeOptions {
  /** A literal address of this machine. */
  readonly host: string;
  readonly port: number;
}

/**
 * A connected UDP socket for one packet at a time, which learns whether somebody listens: for a packet to a closed port
 * of this machine the kernel answers at once, and tells connected sockets only. No packet is made up for it.
 */
export class UdpProbe {
  readonly #socket: Socket;
  /** Answers for the packet whose fate is being watched. */
  #watching: ((error: Error | undefined) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // An error that comes when nothing is watched is about a packet that was counted already: the next one will tell.
    socket.on('error', (error) => this.#answer(error));
  }

  /** Undefined where the socket cannot be made: without descriptors, or without a route. */
  static to({ host, port }: UdpProbeOptions): UdpProbe | undefined {
    const family = isIPv6(host) ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      // Answers at once, so that the socket is connected at once.
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
   * Sends a packet and answers, after a millisecond or two, with the error that came back. `ECONNREFUSED` says that nobody
   * got the packet.
   */
  send(packet: Uint8Array, done: (error: Error | undefined) => void): void {
    this.#watching = done;
    this.#socket.send(packet, (error) => {
      if (error !== null) this.#answer(error);
    });
    // The time is for kernels that answer a little later; the immediate, for a look at the socket in between.
    setTimeout(() => {
      setImmediate(() => {
        if (this.#watching === done) this.#answer(undefined);
      });
    }, 1);
  }

  close(): void {
    this.#watching = undefined;
    try {
      this.#socket.close();
    } catch {
      // It was never open.
    }
  }

  #answer(error: Error | undefined): void {
    const done = this.#watching;
    this.#watching = undefined;
    done?.(error);
  }
}

/** Whether a literal address is this machine's own. */
export function isOwnAddress(address: string): boolean {
  if (isLoopback(address)) return true;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some((own) => own.address === address));
}

export function isLoopback(address: string): boolean {
  return /^(127\.|::1$|::ffff:127\.)/i.test(address);
}
