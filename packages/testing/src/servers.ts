/**
 * Servers that record what a backend sends, and the strict parser they use.
 *
 * @module @metrics/testing/servers
 */
export type {
  DogStatsdEvent,
  DogStatsdMember,
  DogStatsdMessage,
  DogStatsdMetric,
  DogStatsdOrigin,
  DogStatsdServiceCheck,
  DogStatsdTags,
  DogStatsdValues,
} from './dogstatsd/dogstatsd-message.js';
export { type DogStatsdParserOptions, parseDogStatsd } from './dogstatsd/dogstatsd-parser.js';
export { DogStatsdSyntaxError } from './dogstatsd/dogstatsd-syntax-error.js';
export type { FaultResponse, IntakeFault } from './intake/intake-fault.js';
export type { IntakeLimits } from './intake/intake-limits.js';
export type { IntakeOverwrite } from './intake/intake-overwrite.js';
export type {
  IntakeDistribution,
  IntakeDistributionPoint,
  IntakeEvent,
  IntakePayload,
  IntakePoint,
  IntakeSeries,
} from './intake/intake-payload.js';
export type { IntakeRecord } from './intake/intake-record.js';
export type { IntakeRequest } from './intake/intake-request.js';
export { type IntakeOutage, RecordingIntake, type RecordingIntakeOptions } from './intake/recording-intake.js';
export type { ServerTransport } from './server/listen.js';
export type { ServerConnections } from './server/packet-listener.js';
export { RecordingServer, type RecordingServerOptions } from './server/recording-server.js';
export type { Packet, ServerRecord } from './server/server-record.js';
