// Chooses a transport for an address.
import type { BackendReporter } from '@metrics/aggregation';
import {
  type PacketTransport,
  reportResolveFailure,
  reportTransportDown,
  StreamTransport,
  UdpTransport,
  UdsTransport,
} from '@metrics/statsd/wire';
import type { ResolvedOptions } from '../settings/resolved-options.js';
import { UnixTransport } from './unix-transport.js';

/** The servers of all dialects read this much of a datagram, and the Agent no more. */
const SERVER_PACKET_BYTES = 8192;

/** The protocol that carries packets at the moment. */
export type TransportKind = 'udp' | 'unixgram' | 'unixstream';

export interface CreatedTransport {
  readonly transport: PacketTransport;
  kind(): TransportKind;
}

/**
 * Creates the transport to an address, whose problems are reported.
 *
 * @throws {Error} if only datagrams to a Unix socket are possible and the package `unix-dgram` is missing.
 */
export function createTransport(
  { address, addressFrom }: Pick<ResolvedOptions, 'address' | 'addressFrom'>,
  maxPacketBytes: number | undefined,
  reporter: BackendReporter,
): CreatedTransport {
  if (address.protocol === 'udp') {
    const { host, port } = address;
    const onResolveFailure = (cause: Error): void => reportResolveFailure(reporter, host, addressFrom, cause);
    const transport = new UdpTransport({
      host,
      port,
      maxPacketBytes,
      loopbackPacketBytes: SERVER_PACKET_BYTES,
      onResolveFailure,
    });
    return { transport, kind: () => 'udp' };
  }
  const { path } = address;
  const onDown = (cause: Error): void => reportTransportDown(reporter, path, cause);
  if (address.protocol === 'unix') {
    const transport = new UnixTransport({ path, maxPacketBytes, onDown });
    return { transport, kind: () => (transport.isStream ? 'unixstream' : 'unixgram') };
  }
  if (address.protocol === 'unixstream') {
    const transport = new StreamTransport({ address: { path }, framing: 'length32', maxPacketBytes, onDown });
    return { transport, kind: () => 'unixstream' };
  }
  return { transport: createDatagramTransport(path, maxPacketBytes), kind: () => 'unixgram' };
}

function createDatagramTransport(path: string, maxPacketBytes: number | undefined): PacketTransport {
  try {
    return new UdsTransport({ path, maxPacketBytes });
  } catch (cause) {
    throw new Error(`${(cause as Error).message} Or use the stream socket of the Agent (unixstream://).`, { cause });
  }
}
