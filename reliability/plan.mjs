// @ts-check
// What an application is asked to do, and what it reports.

/**
 * @typedef {object} Plan
 * @property {string} backend
 * @property {import('./backends.mjs').Target} target
 * @property {string} reportFile
 * @property {number} milliseconds for which it records
 * @property {boolean} awaitsEndOfFault whether it records until the runner says that the fault is over
 * @property {Finish} finish
 * @property {readonly Disturbance[]} disturbances at half of the time
 * @property {readonly NodeJS.Signals[]} [signals] passed to `register`
 * @property {number} [distinct] calls of a counter, each with a new tag value, instead of the time
 * @property {'thread' | 'cluster'} [host] the place that records; the first process if undefined
 * @property {boolean} [isMember] whether it is a process of a cluster
 *
 * @typedef {'close' | 'close twice' | 'close twice together' | 'close in withTags' | 'close in exit hook' | 'process.exit' | 'natural end' | 'throw' | 'wait' | 'SIGKILL' | 'SIGTERM in flush' | 'terminate'} Finish
 * @typedef {'block' | 'no descriptors' | 'no descriptors at start' | 'clock back' | 'clock back a little' | 'clock ahead' | 'unhandled rejection' | 'replace' | 'flush storm' | 'observer flushes' | 'onError throws'} Disturbance
 *
 * @typedef {object} Report
 * @property {number} made calls, by the application's own count
 * @property {number} observed how many of them are readings of the observed gauge
 * @property {import('@metrics/core').MetricsStats} stats
 * @property {readonly string[]} violations of the accounting, at any tick
 * @property {readonly { code: string, metric: string | undefined, tag: string | undefined, message: string, count: number }[]} problems
 * @property {readonly string[]} errors that reached the process
 * @property {number} longestBlock of the event loop, in milliseconds, without the one that the plan caused and
 *   without the time that the process waited for a processor
 * @property {number} peakRss in bytes
 * @property {number | undefined} finishedAt when it had nothing left to do, as {@link uptime}
 * @property {number | undefined} closeMilliseconds how long its calls of `close()` took, all together,
 *   without the time that the process waited for a processor
 * @property {readonly string[] | undefined} leaks what was left after `close()`
 * @property {boolean} isCutOff whether it was killed, or terminated, right after this report
 */

// oxlint-disable-next-line unicorn/require-module-specifiers -- makes it a module, which has types only
export {};
