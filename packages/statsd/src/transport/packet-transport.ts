/** Takes whole packets to a socket. */
export interface PacketTransport {
  /** False until there is an address to send to, and while a connection is known to be gone. */
  readonly ready: boolean;
  /** Where packets go, for people; undefined while it is not known. */
  readonly address: string | undefined;
  /** The kernel takes no more for now: what is sent all the same waits in the process. @default false */
  readonly congested?: boolean;
  /** Bytes of the largest packet, its last newline included. */
  readonly maxPacketBytes: number;
  /** PacketQueue a receiver's queue takes at once. */
  readonly maxBurstPackets: number;
  /**
   * Sends a packet, which belongs to the transport until `done`. Never throws.
   *
   * `refused` means that nothing left the process and that the packet may be offered again later.
   */
  send(packet: Uint8Array, done: (error: Error | undefined, retryable: boolean) => void): void;
  /** Tries to become ready now. Resolves with whether it is, within about a second. Never rejects. */
  connect(): Promise<boolean>;
  /** The process may end in this very turn: whatever waits for an event leaves now. */
  prepareForExit?(): void;
  close(): void;
}
