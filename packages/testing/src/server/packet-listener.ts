/** One kind of socket, bound. */
export interface PacketListener {
  /** Of UDP and TCP. */
  readonly port?: number;
  /** Resolves when nothing is read any more. Not called again before {@link resume}. */
  pause(): Promise<void>;
  /** Called after {@link pause} only. */
  resume(): void;
  /** Ends all connections. Resolves when the address is free and all that was read was handed over. */
  close(): Promise<void>;
}

/** Where a listener puts what it reads. */
export interface PacketSink {
  /** Takes a packet. */
  packet(bytes: Buffer): void;
  /** Takes what can be no packet. */
  malformed(error: Error): void;
  /** Counted by the listener, which calls {@link look} after each change. */
  readonly connections: ServerConnections;
  look(): void;
}

/** Connections of a stream, since the server was started. */
export interface ServerConnections {
  open: number;
  accepted: number;
  /** Those that the server dropped because of what they sent. */
  dropped: number;
  /** Those that ended within a packet or a line, which is lost. */
  truncated: number;
}
