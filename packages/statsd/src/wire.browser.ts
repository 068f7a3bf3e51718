// @metrics/statsd/wire in browsers and edge runtimes.
import { unavailable } from '@metrics/core/backend';
import type * as entry from './wire.js';

export const checkHost: typeof entry.checkHost = /* @__PURE__ */ unavailable('checkHost() of @metrics/statsd/wire');
export const createSanitizer: typeof entry.createSanitizer = /* @__PURE__ */ unavailable(
  'createSanitizer() of @metrics/statsd/wire',
);
export const isSocketPath: typeof entry.isSocketPath = /* @__PURE__ */ unavailable(
  'isSocketPath() of @metrics/statsd/wire',
);
export const parseHost: typeof entry.parseHost = /* @__PURE__ */ unavailable('parseHost() of @metrics/statsd/wire');
export const reportResolveFailure: typeof entry.reportResolveFailure = /* @__PURE__ */ unavailable(
  'reportResolveFailure() of @metrics/statsd/wire',
);
export const reportTransportDown: typeof entry.reportTransportDown = /* @__PURE__ */ unavailable(
  'reportTransportDown() of @metrics/statsd/wire',
);
export const StatsdPipeline: typeof entry.StatsdPipeline = /* @__PURE__ */ unavailable('StatsdPipeline');
export const StreamTransport: typeof entry.StreamTransport = /* @__PURE__ */ unavailable('StreamTransport');
export const sanitize: typeof entry.sanitize = /* @__PURE__ */ unavailable('sanitize() of @metrics/statsd/wire');
export const sanitizeTagKey: typeof entry.sanitizeTagKey = /* @__PURE__ */ unavailable(
  'sanitizeTagKey() of @metrics/statsd/wire',
);
export const tagsWithInstance: typeof entry.tagsWithInstance = /* @__PURE__ */ unavailable(
  'tagsWithInstance() of @metrics/statsd/wire',
);
export const UdpTransport: typeof entry.UdpTransport = /* @__PURE__ */ unavailable('UdpTransport');
export const UdsTransport: typeof entry.UdsTransport = /* @__PURE__ */ unavailable('UdsTransport');
