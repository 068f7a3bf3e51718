/** A bound socket of one transport. */
export interface PacketListener {
  /** The port of UDP and TCP. */
  readonly port?: number;
  /** Stops reading. Resolves when it has stopped. Not called twice without {@link resume} in between. */
  pause(): Promise<void>;
  /** Reads again. Only called after {@link pause}. */
  resume(): void;
  /** Closes all connections. Resolves when the address is free and everything that was read was passed to the sink. */
  close(): Promise<void>;
}

/** The receiver of everything that a listener reads. */
export interface PacketSink {
  /** Receives a packet. */
  packet(bytes: Buffer): void;
  /** Receives the error of a stream that cannot be split into packets. */
  malformed(error: Error): void;
  /** Counts that the listener updates. It calls {@link connectionsChanged} after each change. */
  readonly connections: ServerConnections;
  connectionsChanged(): void;
}

/** Counts of stream connections since the start of the server. */
export interface ServerConnections {
  /** Connections that are open now. */
  open: number;
  /** Connections that were opened since the start. */
  accepted: number;
  /** Connections that the server closed because of what they sent. */
  dropped: number;
  /** Connections that ended within a packet or a line, which is dropped. */
  truncated: number;
}
