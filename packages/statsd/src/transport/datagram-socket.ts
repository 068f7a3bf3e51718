// The life of one datagram socket: its implicit bind, its packets in flight, its end.
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** The part of a socket of hot-shots that is used. */
export interface RawSocket {
  send(packet: Buffer, callback: (error?: Error | null) => void): void;
  close(): void;
  on(event: 'listening' | 'error', listener: (error: Error) => void): void;
  emit(event: 'error', error: Error): void;
}

export type PacketError = Error & { readonly code?: string | number };

/** An error is `retryable` if nothing left the process. */
export type OnSent = (error: PacketError | undefined, retryable: boolean) => void;

/** A socket calls back within this time, or is not used any more. */
const SEND_TIMEOUT_MS = 400;
/** As many turns of the event loop must have passed: a process without processor time cannot know what its socket does. */
const MIN_CHECKS = 4;

interface SentPacket {
  readonly sentAt: number;
  readonly done: OnSent;
}

/**
 * One socket. Every packet gets its callback: when the kernel accepted or refused it, when the socket turns out to be unable to
 * open, or at a deadline.
 */
export class DatagramSocket {
  readonly #socket: RawSocket;
  readonly #inFlight = new Set<SentPacket>();
  /** How often the oldest packet was found without a callback. */
  #checks = 0;
  /** False until the first packet of a UDP socket has bound it to a port. Until then, nothing can have left. */
  #isBound: boolean;
  #isBroken = false;
  #isClosing = false;
  #isClosed = false;
  #deadline: NodeJS.Timeout | undefined;

  /** @param bindsItself whether the socket is bound by its first packet, as UDP sockets are. */
  constructor(socket: RawSocket, bindsItself: boolean) {
    this.#socket = socket;
    this.#isBound = !bindsItself;
    if (!bindsItself) return;
    socket.on('listening', () => {
      this.#isBound = true;
    });
    socket.on('error', (error) => this.#onError(error));
  }

  /** True after an error of the socket itself: another one is needed. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** True if no packet waits for its callback. */
  get isIdle(): boolean {
    return this.#inFlight.size === 0;
  }

  /** Sends a packet, whose bytes must not change until `done` is called. Never throws. */
  send(packet: Uint8Array, done: OnSent): void {
    const sent = { sentAt: performance.now(), done };
    if (this.#inFlight.size === 0) this.#startDeadline();
    this.#inFlight.add(sent);
    try {
      this.#socket.send(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength), (error) => {
        // The kernel takes a datagram as a whole or not at all, and one that is too long never fits.
        if (error) this.#settle(sent, error, !isTooLong(error));
        else this.#settle(sent);
      });
    } catch (error) {
      this.#settle(sent, error, true);
    }
  }

  /** Closes the socket after the last callback. */
  close(): void {
    this.#isClosing = true;
    if (this.#inFlight.size === 0) this.#close();
  }

  #settle(sent: SentPacket, error?: unknown, retryable = false): void {
    if (!this.#inFlight.delete(sent)) return;
    this.#checks = 0;
    if (this.#inFlight.size === 0) this.#deadline?.unref();
    sent.done(error === undefined ? undefined : packetError('The packet could not be sent', error), retryable);
    if (this.#isClosing && this.#inFlight.size === 0) this.#close();
  }

  #settleAll(error: unknown, retryable: boolean): void {
    for (const sent of this.#inFlight) this.#settle(sent, error, retryable);
  }

  #onError(error: unknown): void {
    if (this.#isClosed) return;
    this.#isBroken = true;
    // The bind failed, and the runtime forgets the packets that wait for it.
    if (!this.#isBound) this.#settleAll(error, true);
  }

  /** Keeps the process alive as long as packets are in flight: a caller may wait for them. */
  #startDeadline(): void {
    if (this.#deadline === undefined)
      this.#deadline = setTimeout(() => this.#checkDeadline(), SEND_TIMEOUT_MS / MIN_CHECKS);
    else this.#deadline.refresh().ref();
  }

  #checkDeadline(): void {
    // After the event loop was blocked, the callbacks of the kernel come later than timers.
    setImmediate(() => {
      const [oldest] = this.#inFlight;
      if (oldest === undefined) return;
      this.#checks += 1;
      if (performance.now() - oldest.sentAt >= SEND_TIMEOUT_MS && this.#checks >= MIN_CHECKS) this.#giveUp();
      else this.#deadline?.refresh();
    });
  }

  #giveUp(): void {
    const error = new Error(`the socket did not accept it within ${SEND_TIMEOUT_MS} milliseconds`);
    this.#isBroken = true;
    this.#isClosed = true;
    closeQuietly(this.#socket, this.#isBound);
    if (!this.#isBound) return this.#settleAll(error, true);
    // Packets that wait in the process are canceled with an error; the others may have left.
    setImmediate(() => setImmediate(() => this.#settleAll(error, false)));
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#deadline);
    // On a later tick: a native socket must not be closed from its own callback.
    setImmediate(() => closeQuietly(this.#socket, this.#isBound));
  }
}

/** Closes a socket, even one that still waits to be bound, which the runtime would not close before. */
export function closeQuietly(socket: Pick<RawSocket, 'close' | 'emit'>, isBound: boolean): void {
  try {
    if (!isBound) socket.emit('error', new Error('The socket is closed'));
    socket.close();
  } catch {
    // The runtime closed it already, or the system failed to.
  }
}

function isTooLong({ code }: PacketError): boolean {
  return code === 'EMSGSIZE' || code === -constants.errno.EMSGSIZE;
}

/** Returns an error of this realm: those of native code, and of Node in a test environment, are not an `instanceof Error`. */
export function packetError(message: string, cause: unknown): PacketError {
  const { message: reason, code } = cause as PacketError;
  return Object.assign(new Error(`${message}: ${nameCode(reason, code)}`, { cause }), code !== undefined && { code });
}

/** Native code writes numbers of errors: `connect -2` becomes `connect ENOENT (no such file or directory)`. */
function nameCode(reason: string, code: string | number | undefined): string {
  if (typeof code !== 'number') return reason;
  const [name, description] = getSystemErrorMap().get(code) ?? [];
  return name === undefined ? reason : reason.replace(`${code}`, `${name} (${description})`);
}
