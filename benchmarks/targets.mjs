// @ts-check
import { formatNumber } from './suite.mjs';

// The targets. A target is never moved: one that is missed is shown as missed.

/**
 * @typedef {object} Target
 * @property {string} quantity
 * @property {string} measurement its name in the results
 * @property {number} target at most
 * @property {string} [floor] what the machine, or the language, does not allow to go below
 * @property {number} [tolerance] of what does not depend on the speed of the machine: shares, bytes; otherwise {@link SLACK}
 * @property {number} [shortRunLimit] of what a busy machine spoils: a receiver without a processor loses datagrams
 */

/** The factor by which a measurement may exceed its target on a shared machine. */
const SLACK = 1.5;

/** The factor by which a short run has to exceed a target to fail: it measures once, on whatever machine a change is checked. */
const SHORT_RUN_SLACK = 3;

/** @type {readonly Target[]} */
export const targets = [
  // The parts, over an empty backend that is not the dummy.
  ...['v3', 'mega'].flatMap((scenario) => [
    call(scenario, 'facade-empty', 'hot-shots-1432', 0.025, '0.010: a walk over three tags'),
    call(scenario, 'facade-empty', 'dd-trace', 0.15),
    call(scenario, 'facade-empty', 'prom-client', 0.25),
    call(scenario, 'instrument-empty', 'hot-shots-1432', 0.015, '0.005: positional, generated code'),
    call(scenario, 'bound-empty', 'hot-shots-1432', scenario === 'v3' ? 0.0015 : 0.002, '0.0003: one addition'),
  ]),
  // A new series. Cold: the first calls of a process.
  newSeries('warm', 'statsd-plain', 1.1),
  newSeries('warm', 'facade', 1.6),
  newSeries('cold', 'statsd-plain', 1.6),
  newSeries('cold', 'facade', 2.2),
  {
    quantity: 'processor time of a short process, dogstatsd to hot-shots',
    measurement: 'new-series.short-process.dogstatsd/hot-shots',
    target: 0.7,
  },
  {
    quantity: 'import of @metrics/dogstatsd to hot-shots',
    measurement: 'load.@metrics/dogstatsd/hot-shots',
    target: 0.75,
  },
  // V8 inlines some of twenty call sites, with either method. If it inlines the empty one, it removes the literals as well.
  // The measure for `mega` is therefore a method that keeps its argument.
  call('v3', 'dummy', 'empty-method', 3, '1'),
  call('mega', 'dummy', 'literals', 3, '1'),
  { quantity: 'add to set of a gauge’s handle', measurement: 'options.handle-add', target: 1.2 },
  { quantity: 'set after add to set of a gauge’s handle', measurement: 'options.set-after-add', target: 1.5 },
  // With the backend, as an application has it.
  call('v3', 'facade', 'hot-shots-1432', 0.025, '0.010: a walk over three tags'),
  call('mega', 'facade', 'hot-shots-1432', 0.025, '0.010: a walk over three tags'),
  call('v3', 'facade', 'hot-shots-aggregation', 0.035),
  call('distribution-v3', 'facade', 'hot-shots-1432', 0.03),
  call('contexts-100k', 'facade-empty', 'hot-shots-aggregation', 0.07),
  call('contexts-100k', 'instrument-empty', 'hot-shots-aggregation', 0.05),
  call('contexts-100k', 'bound-empty', 'hot-shots-aggregation', 0.01, 'one miss of the cache'),
  {
    quantity: 'bytes allocated by a call of the facade, v3, beyond the caller’s literals',
    measurement: 'bytes.v3.facade-beyond-literals',
    target: 16,
    floor: '0',
    tolerance: 0.5,
  },
  {
    quantity: 'bytes allocated by a call of a bound handle, v3',
    measurement: 'bytes.v3.bound',
    target: 0,
    floor: '0',
    tolerance: 0.5,
  },
  {
    quantity: 'CPU of a delivered increment, facade to hot-shots-1432',
    measurement: 'end-to-end.v3.facade/hot-shots-1432',
    target: 0.025,
    floor: '0.002',
  },
  {
    quantity: 'CPU of a delivered increment, instrument to hot-shots-1432',
    measurement: 'end-to-end.v3.instrument/hot-shots-1432',
    target: 0.01,
  },
  {
    quantity: 'CPU of a delivered increment, bound handle to hot-shots-1432',
    measurement: 'end-to-end.v3.bound/hot-shots-1432',
    target: 0.005,
  },
  {
    quantity: 'CPU of a delivered sample of a distribution, facade to hot-shots-1432',
    measurement: 'end-to-end.distribution-v3.facade/hot-shots-1432',
    target: 0.06,
    floor: '0.02',
  },
  {
    quantity: 'CPU of a delivered timer, facade to hot-shots-1432',
    measurement: 'end-to-end.timer-v3.facade/hot-shots-1432',
    target: 0.1,
  },
  {
    quantity: 'increments lost, share',
    measurement: 'end-to-end.v3.facade.lost',
    target: 0,
    tolerance: 1e-9,
    shortRunLimit: 0.02,
  },
  {
    quantity: 'samples of a distribution lost, share',
    measurement: 'end-to-end.distribution-v3.facade.lost',
    target: 0,
    tolerance: 1e-9,
    shortRunLimit: 0.02,
  },
  {
    quantity: '100,000 series flushed, share lost',
    measurement: 'flush.facade.lost',
    target: 0,
    tolerance: 1e-9,
    shortRunLimit: 0.02,
  },
  {
    quantity: 'longest block in that flush, to hot-shots with aggregation',
    measurement: 'flush.facade/hot-shots-aggregation',
    target: 0.01,
    floor: '0.0001: a worker thread',
  },
  {
    quantity: 'longest block in that flush, ms',
    measurement: 'flush.facade.block',
    target: 1,
    floor: '0.03',
    shortRunLimit: 20,
  },
  {
    quantity: 'bytes per series, 100,000 series',
    measurement: 'memory.facade',
    target: 100,
    floor: '43',
    tolerance: 0.5,
  },
  { quantity: 'longest turn of a flush over HTTPS, processor time, ms', measurement: 'datadog.turn', target: 20 },
  { quantity: 'samples lost over HTTPS', measurement: 'datadog.lost', target: 0, tolerance: 0 },
  { quantity: 'requests beyond a documented limit', measurement: 'datadog.broken', target: 0, tolerance: 0 },
  ...['v3', 'gauge-v3', 'timing-v3'].map((scenario) => ({
    quantity: `recording into the time series database, ${scenario}, to an empty backend`,
    measurement: `time-series.${scenario}.time-series/facade-empty`,
    target: 2,
  })),
  { quantity: 'an hour of a counter read, µs', measurement: 'time-series.read.range, counter', target: 50 },
  {
    quantity: 'bytes of a counter in the time series database',
    measurement: 'time-series.memory.counter',
    target: 8000,
    tolerance: 0,
  },
  { quantity: 'import of @metrics/datadog, ms', measurement: 'load.@metrics/datadog.milliseconds', target: 100 },
  { quantity: 'import of @metrics/datadog, MB', measurement: 'load.@metrics/datadog.megabytes', target: 15 },
  totals('a call, facade of @metrics/prometheus to prom-client', 'v3.prometheus/prom-client', 0.28),
  totals('a call, facade of @metrics/opentelemetry to its SDK', 'v3.otlp/opentelemetry', 0.07),
  totals('a counter’s bound handle to prom-client', 'v3.prometheus-bound/prom-client-bound', 0.08),
  totals('a scrape of 100,000 counters to prom-client, time', 'scrape.time', 0.2),
  totals('longest turn of that scrape to prom-client', 'scrape.turn', 0.03),
  totals('longest turn of an export of 100,000 counters to the SDK', 'export.turn', 0.06),
  { ...totals('bytes of a counter’s series to prom-client', 'bytes.counter', 0.7), tolerance: 0.02 },
  { ...totals('bytes of a histogram’s series to prom-client', 'bytes.histogram', 0.7), tolerance: 0.02 },
  ...[
    { framework: 'http', peer: 'opentelemetry', target: 0.25 },
    { framework: 'express', peer: 'express-prom-bundle', target: 0.4 },
    { framework: 'express', peer: 'opentelemetry', target: 0.25 },
  ].map(({ framework, peer, target }) => ({
    quantity: `added to a request, ${framework}, to ${peer}`,
    measurement: `http.${framework}.metrics-node/${peer}`,
    target,
  })),
  { quantity: 'one reading of all runtime metrics, µs', measurement: 'http.runtime.collect', target: 150 },
];

/** @param {string} quantity @param {string} measurement @param {number} target @returns {Target} */
function totals(quantity, measurement, target) {
  return { quantity, measurement: `totals.${measurement}`, target };
}

/** @param {'cold' | 'warm'} state @param {string} contender @param {number} target @returns {Target} */
function newSeries(state, contender, target) {
  return {
    quantity: `a new series, ${state}, ${contender} to prom-client`,
    measurement: `new-series.${state}.${contender}/prom-client`,
    target,
  };
}

/**
 * @param {string} scenario
 * @param {string} one
 * @param {string} other
 * @param {number} target
 * @param {string} [floor]
 * @returns {Target}
 */
function call(scenario, one, other, target, floor) {
  return {
    quantity: `a call, ${scenario}, ${one} to ${other}`,
    measurement: `hot-path.${scenario}.${one}/${other}`,
    target,
    ...(floor !== undefined && { floor }),
  };
}

/**
 * @param {Target} target
 * @param {number | undefined} measured
 * @returns {'met' | 'within the noise' | 'missed' | 'not measured'}
 */
export function verdict({ target, tolerance }, measured) {
  if (measured === undefined || Number.isNaN(measured)) return 'not measured';
  if (measured <= target + (tolerance ?? 0)) return 'met';
  return tolerance === undefined && measured <= target * SLACK ? 'within the noise' : 'missed';
}

/** @param {Target} target @param {number | undefined} measured */
function isWithin({ target, tolerance, shortRunLimit }, measured = 0) {
  return measured <= (shortRunLimit ?? target * (tolerance === undefined ? SHORT_RUN_SLACK : 1));
}

/**
 * Checks every target that these results have a measurement for, one a line.
 *
 * @param {Readonly<Record<string, { measurements: Readonly<Record<string, number>> }>>} sections
 * @param {boolean} short whether the run was a short one, which counts fewer of the missed targets as failed
 */
export function checkTargets(sections, short) {
  /** @type {Record<string, number>} */
  const measurements = Object.assign({}, ...Object.values(sections).map((section) => section.measurements));
  let failed = 0;
  const lines = [];
  for (const target of targets) {
    const measured = measurements[target.measurement];
    const found = verdict(target, measured);
    if (found === 'not measured') continue;
    if (found === 'missed' && !(short && isWithin(target, measured))) failed += 1;
    const floor = target.floor === undefined ? '' : `, floor ${target.floor}`;
    lines.push(
      `  ${found.padEnd(16)}  ${formatNumber(measured ?? 0).padStart(8)} of at most ${formatNumber(target.target)}${floor}: ${target.quantity}`,
    );
  }
  return { lines, failed, measurements };
}
