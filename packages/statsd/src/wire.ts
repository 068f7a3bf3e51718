// For backends that speak a dialect of StatsD: from the columns' values to packets on a socket.
export { LONGEST_DECIMAL, plainDecimal, writeDecimal } from './decimal.js';
export { ascii, Fragments, utf8 } from './fragments.js';
export type { LineRules } from './line-rules.js';
export type { LineSyntax } from './line-syntax.js';
export { LineWriter, type LineWriterOptions } from './line-writer.js';
export { checkInteger, shown } from './option-checks.js';
export { type PacketTransport } from './packet-transport.js';
export { type PacketCounts, Packets, type PacketsOptions } from './packets.js';
export { type Lookup } from './resolved-host.js';
export { sanitised } from './sanitised.js';
export { type StreamAddress, StreamTransport, type StreamTransportOptions } from './stream-transport.js';
export { tagsOf } from './tags-of.js';
export { UdpTransport, type UdpTransportOptions } from './udp-transport.js';
export { UdsTransport, type UdsTransportOptions } from './uds-transport.js';
