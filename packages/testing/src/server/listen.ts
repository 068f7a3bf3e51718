import { lengthFraming, newlineFraming } from './framing.js';
import type { PacketListener, PacketSink } from './packet-listener.js';
import { listenStream } from './stream-listener.js';
import { listenUdp } from './udp-listener.js';
import { listenUnixDatagrams } from './unix-datagram-listener.js';

/**
 * A transport. Packets end with a line feed on `tcp`, and follow their length on `unixstream`, as for the Datadog
 * Agent.
 */
export type ServerTransport = 'udp' | 'tcp' | 'unixgram' | 'unixstream';

type Listen = (address: { readonly port: number; readonly path: string }, sink: PacketSink) => Promise<PacketListener>;

/** The functions that bind a socket, by transport. */
export const listen: Readonly<Record<ServerTransport, Listen>> = {
  udp: ({ port }, sink) => listenUdp(port, sink),
  tcp: ({ port }, sink) => listenStream({ host: '127.0.0.1', port }, newlineFraming, sink),
  unixgram: ({ path }, sink) => listenUnixDatagrams(path, sink),
  unixstream: ({ path }, sink) => listenStream({ path }, lengthFraming(), sink),
};
