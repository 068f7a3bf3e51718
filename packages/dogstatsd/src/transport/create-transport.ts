import type { BackendReporter } from '@metrics/aggregation';
import { type PacketTransport, StreamTransport, UdpTransport, UdsTransport } from '@metrics/statsd/wire';
import type { Settings } from '../settings/resolved-options.js';
import { UnixTransport } from './unix-transport.js';

/** What packets are carried by at the moment. */
export type TransportKind = 'udp' | 'unixgram' | 'unixstream';

export interface TransportChoice {
  readonly transport: PacketTransport;
  kind(): TransportKind;
}

/**
 * The transport to an address, whose problems are reported.
 *
 * @throws {Error} when datagrams to a Unix socket are asked for and the package `unix-dgram` is missing.
 */
export function createTransport(
  { address, addressFrom }: Pick<Settings, 'address' | 'addressFrom'>,
  maxPacketBytes: number | undefined,
  problems: BackendReporter,
): TransportChoice {
  if (address.protocol === 'udp') {
    const { host, port } = address;
    const onResolveFailure = (cause: Error): void => {
      const message = `The Agent's host ${host} cannot be resolved; metrics wait, and it is tried again. It is from: ${addressFrom}.`;
      problems.report('resolve_failed', message, { cause });
    };
    return { transport: new UdpTransport({ host, port, maxPacketBytes, onResolveFailure }), kind: () => 'udp' };
  }
  const { path } = address;
  const onDown = (cause: Error): void => reportFailure(problems, path, cause, true);
  if (address.protocol === 'unix') {
    const transport = new UnixTransport({ path, maxPacketBytes, onDown });
    return { transport, kind: () => (transport.isStream ? 'unixstream' : 'unixgram') };
  }
  if (address.protocol === 'unixstream') {
    const transport = new StreamTransport({
      address: { path },
      framing: 'length32',
      maxPacketBytes,
      onResolveFailure: () => {},
      onDown,
    });
    return { transport, kind: () => 'unixstream' };
  }
  return { transport: datagrams(path, maxPacketBytes), kind: () => 'unixgram' };
}

/** @param held whether the packets are kept and offered again. */
export function reportFailure(
  problems: BackendReporter,
  address: string | undefined,
  cause: Error,
  held: boolean,
): void {
  if (held) {
    const message = `Nobody reads ${address}; metrics are kept and merged until somebody does. Check that the Agent runs, and the address.`;
    problems.report('transport_down', message, { cause });
  } else {
    const message = `A packet to ${address} could not be sent and its samples are lost. Check address and network.`;
    problems.report('send_failed', message, { cause });
  }
}

function datagrams(path: string, maxPacketBytes: number | undefined): PacketTransport {
  try {
    return new UdsTransport({ path, maxPacketBytes });
  } catch (cause) {
    throw new Error(
      "Datagrams to a Unix socket need the native package unix-dgram, which is not installed or was not built: run `npm install unix-dgram`, with a C++ compiler present, or use the Agent's stream socket (unixstream://).",
      { cause },
    );
  }
}
