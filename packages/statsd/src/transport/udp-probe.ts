// Detects whether a UDP server listens.
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { nextRound, pause } from '@metrics/core/backend';
import { closeQuietly, type PacketError, packetError } from './datagram-socket.js';

/** Rounds of the event loop, of a millisecond or more, after which a packet without a callback has failed. */
const MAX_ROUNDS = 400;

export interface UdpProbeOptions {
  /** A literal address. */
  readonly host: string;
  readonly port: number;
  /** Called with an error that comes while no packet is watched: one that was sent before was refused. */
  readonly onLateError: (error: PacketError) => void;
}

/**
 * A connected UDP socket that sends one packet at a time and detects whether a server listens: for a packet to a closed port
 * of this machine, the kernel immediately returns an error, and for one to another machine if that reports it, but only to
 * connected sockets. It probes with real packets only.
 */
export class UdpProbe {
  readonly #socket: Socket;
  readonly #onLateError: (error: PacketError) => void;
  #isBound = false;
  #isClosed = false;
  /** The error of the bind. */
  #failure: unknown;
  /** The callback of the packet that is watched. */
  #done: ((error: PacketError | undefined) => void) | undefined;

  /** @throws {Error} if the socket cannot be opened: without a descriptor, a free port or a permission. */
  constructor({ host, port, onLateError }: UdpProbeOptions) {
    this.#onLateError = onLateError;
    const family = isIPv6(host) ? 6 : 4;
    this.#socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      // Calls back synchronously, so that the socket is connected when `connect` returns.
      lookup: (name, _options, callback) => callback(null, name, family),
    });
    this.#socket.on('listening', () => {
      this.#isBound = true;
    });
    this.#socket.on('error', (error) => this.#onError(error));
    try {
      this.#socket.unref();
      this.#socket.connect(port, host);
    } catch (error) {
      this.#failure ??= error;
    }
    if (this.#failure === undefined) return;
    this.close();
    throw packetError('The socket could not be opened', this.#failure);
  }

  /**
   * Sends a packet and calls `done` within a millisecond or two. An error means that no server received the packet.
   */
  send(packet: Uint8Array, done: (error: PacketError | undefined) => void): void {
    this.#done = done;
    let hasLeft = false;
    try {
      this.#socket.send(packet, (error) => {
        hasLeft = true;
        if (error && this.#done === done) this.#complete(error);
      });
    } catch (error) {
      return this.#complete(error);
    }
    void this.#completeOnceSent(done, () => hasLeft);
  }

  /** False if the address cannot be reached from this machine, or cannot be connected to. */
  get isConnected(): boolean {
    try {
      this.#socket.remoteAddress();
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#done = undefined;
    closeQuietly(this.#socket, this.#isBound);
  }

  /**
   * The timeout is for kernels that return the error a little later; the immediate lets the event loop poll the socket. Deno
   * sends a packet later than that.
   */
  async #completeOnceSent(done: (error: PacketError | undefined) => void, hasLeft: () => boolean): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      await pause(1);
      await nextRound();
      if (this.#done !== done) return;
      if (hasLeft()) return this.#complete();
    }
    this.#complete(new Error(`the socket did not accept it in ${MAX_ROUNDS} rounds of the event loop`));
  }

  #onError(error: unknown): void {
    if (this.#isClosed) return;
    if (!this.#isBound) this.#failure ??= error;
    else if (this.#done !== undefined) this.#complete(error);
    else this.#onLateError(packetError('A packet was refused', error));
  }

  #complete(error?: unknown): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(error === undefined ? undefined : packetError('The packet could not be sent', error));
  }
}

/** Returns true if a literal address is known to belong to this machine. */
export function isOwnAddress(address: string): boolean {
  if (isLoopback(address)) return true;
  try {
    return Object.values(networkInterfaces()).some((addresses) => addresses?.some((own) => own.address === address));
  } catch {
    // Some systems forbid it.
    return false;
  }
}

export function isLoopback(address: string): boolean {
  return /^(127\.|::1$|::ffff:127\.)/i.test(address);
}
