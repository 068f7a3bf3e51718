/** Sends whole packets to a server. */
export interface PacketTransport {
  /** False until there is an address to send to, and while a connection is known to be lost. */
  readonly ready: boolean;
  /** The address of the server, for messages; undefined until it is known. */
  readonly address: string | undefined;
  /** True while the kernel accepts no more; packets sent anyway wait in the process. @default false */
  readonly congested?: boolean;
  /** Bytes of the largest packet, its last newline included. */
  readonly maxPacketBytes: number;
  /** Number of packets that the queue of a receiver holds. */
  readonly maxBurstPackets: number;
  /**
   * Sends a packet, whose bytes must not change until `done` is called. Never throws.
   *
   * An error is `retryable` if nothing left the process, so that the packet can be sent again later.
   */
  send(packet: Uint8Array, done: (error: Error | undefined, retryable: boolean) => void): void;
  /** Tries to become ready now. Resolves, within about a second, with {@link ready}. Never rejects. */
  connect(): Promise<boolean>;
  /**
   * Milliseconds after which a packet without a result counts as lost, from when it was sent or, if later, from the result of
   * the one before. @default 1000
   */
  readonly sendTimeout?: number | undefined;
  /** Called at process exit, which no event follows: from now on `done` is called before `send` returns. */
  prepareForExit?(): void;
  /** Releases the socket. Packets that the kernel has not accepted are lost. Further calls change nothing. */
  close(): void;
}
