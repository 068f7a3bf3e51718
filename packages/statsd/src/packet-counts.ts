/** Packets by what happened to them, and their bytes. Packets in flight or waiting for a retry are not counted. */
export interface PacketCounts {
  /** Handed over without an error. */
  readonly packets: number;
  /** Bytes of the packets handed over. */
  readonly bytes: number;
  /** Failed in the transport, or lost with a connection. */
  readonly packetsDropped: number;
  /** Bytes of {@link packetsDropped}. */
  readonly bytesDropped: number;
  /** Not sent by the deadline of a close. */
  readonly packetsAbandoned: number;
  /** Bytes of {@link packetsAbandoned}. */
  readonly bytesAbandoned: number;
}
