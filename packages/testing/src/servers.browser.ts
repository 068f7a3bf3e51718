// @metrics/testing/servers in browsers and edge runtimes.
import { unavailable } from '@metrics/core/backend';
import type * as entry from './servers.js';

export const DogStatsdSyntaxError: typeof entry.DogStatsdSyntaxError =
  /* @__PURE__ */ unavailable('DogStatsdSyntaxError');
export const parseDogStatsd: typeof entry.parseDogStatsd = /* @__PURE__ */ unavailable(
  'parseDogStatsd() of @metrics/testing/servers',
);
export const RecordingIntake: typeof entry.RecordingIntake = /* @__PURE__ */ unavailable('RecordingIntake');
export const RecordingServer: typeof entry.RecordingServer = /* @__PURE__ */ unavailable('RecordingServer');
