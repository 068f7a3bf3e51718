/**
 * Registers the backend that the environment names: `node --import @metrics/core/auto app.js`.
 *
 * It exports nothing.
 *
 * @module @metrics/core/auto
 */
// It imports the package by its name, so that the build makes no further file for what both entries need.
import { configure } from '@metrics/core';

try {
  configure({ overridable: true });
} catch (error) {
  // An application that names no backend in its code must not fail to start for want of one.
  const warning = `${(error as Error).message} All samples are discarded. Correct the METRICS_ variables of the environment.`;
  // Without versions it is the process of an edge runtime, whose methods throw.
  if (globalThis.process?.versions) process.emitWarning?.(warning, { type: 'MetricsWarning', code: 'not_configured' });
}
