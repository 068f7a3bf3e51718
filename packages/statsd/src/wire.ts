/**
 * For backends that speak a dialect of StatsD: transports, lines and tags.
 *
 * @module @metrics/statsd/wire
 */
export type { LineDialect } from './line/line-dialect.js';
export { createSanitizer, sanitize, sanitizeTagKey } from './line/sanitize.js';
export type { TagEncoder } from './line/tag-encoder.js';
export { tagsWithInstance } from './line/tags-with-instance.js';
export {
  type PipelineStats,
  type SampleRecorder,
  StatsdPipeline,
  type StatsdPipelineOptions,
} from './statsd-pipeline.js';
export { checkHost, parseHost } from './transport/host-name.js';
export type { PacketTransport } from './transport/packet-transport.js';
export type { Lookup } from './transport/resolved-host.js';
export { type StreamAddress, StreamTransport, type StreamTransportOptions } from './transport/stream-transport.js';
export { reportResolveFailure, reportTransportDown } from './transport/transport-problems.js';
export { UdpTransport, type UdpTransportOptions } from './transport/udp-transport.js';
export { isSocketPath, UdsTransport, type UdsTransportOptions } from './transport/uds-transport.js';
