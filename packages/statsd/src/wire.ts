// For backends that speak a dialect of StatsD: from the columns' values to packets on a socket.
export { formatDecimal, MAX_DECIMAL_LENGTH, writeDecimal } from './line/decimal.js';
export { encodeAscii, encodeUtf8, Fragments } from './line/fragments.js';
export type { LineDialect } from './line/line-dialect.js';
export { LineWriter, type LineWriterOptions } from './line/line-writer.js';
export { sanitize } from './line/sanitize.js';
export type { TagEncoder } from './line/tag-encoder.js';
export { tagsWithInstance } from './line/tags-with-instance.js';
export { checkInteger, shown } from './option-checks.js';
export { type PacketCounts, PacketQueue, type PacketQueueOptions } from './packet-queue.js';
export { type PacketTransport } from './transport/packet-transport.js';
export { type Lookup } from './transport/resolved-host.js';
export { type StreamAddress, StreamTransport, type StreamTransportOptions } from './transport/stream-transport.js';
export { UdpTransport, type UdpTransportOptions } from './transport/udp-transport.js';
export { UdsTransport, type UdsTransportOptions } from './transport/uds-transport.js';
