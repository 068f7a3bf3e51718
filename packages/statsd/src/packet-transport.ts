/** Takes whole packets to a socket. */
export interface PacketTransport {
  /** False until there is an address to send to. */
  readonly ready: boolean;
  /** Where packets go, for people; undefined while it is not known. */
  readonly address: string | undefined;
  /** Bytes of the largest packet, its last newline included. */
  readonly maxPacketBytes: number;
  /** Packets a receiver's queue takes at once. */
  readonly maxBurstPackets: number;
  /**
   * Sends a packet, which belongs to the transport until `done`. Never throws.
   *
   * `refused` means that nothing left the process and that the packet may be offered again later.
   */
  send(packet: Uint8Array, done: (error: Error | undefined, refused: boolean) => void): void;
  /** Tries to find an address now. Resolves with whether there is one. Never rejects. */
  connect(): Promise<boolean>;
  close(): void;
}
