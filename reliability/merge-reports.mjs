// @ts-check
// Reads what the processes and threads of an application reported, as one report.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} MergedReport the sums over all processes, and the largest of the other measurements
 * @property {number} made
 * @property {number} observed
 * @property {Pick<import('@metrics/core').MetricsStats, 'backend'>} stats
 * @property {readonly string[]} violations
 * @property {readonly import('./plan.mjs').Report['problems'][number][]} problems
 * @property {readonly string[]} repeated problems that one process reported twice
 * @property {readonly string[]} errors
 * @property {number} longestBlock
 * @property {number} peakRss
 * @property {number | undefined} finishedAt
 * @property {number | undefined} closeMilliseconds
 * @property {readonly string[] | undefined} leaks
 * @property {number} cutOff pending samples of a process or thread that could not end
 * @property {number} processes
 */

/** @param {string} file the path of the first one; others begin with it @returns {MergedReport | undefined} */
export function readReports(file) {
  const { dir, base } = path.parse(file);
  const texts = readdirSync(dir)
    .filter((name) => name.startsWith(base))
    .map((name) => /** @type {const} */ ([name, JSON.parse(readFileSync(path.join(dir, name), 'utf8'))]));
  /** @type {import('./application.mjs').HostReport | undefined} */
  const host = texts.find(([name]) => name.endsWith('.host'))?.[1];
  /** @type {import('./plan.mjs').Report[]} */
  const reports = texts.filter(([name]) => !name.endsWith('.host')).map(([, report]) => report);
  return reports.length === 0 ? undefined : merge(reports, host);
}

/**
 * @param {readonly import('./plan.mjs').Report[]} reports
 * @param {import('./application.mjs').HostReport | undefined} host
 * @returns {MergedReport}
 */
function merge(reports, host) {
  const total = (/** @type {(report: import('./plan.mjs').Report) => number} */ read) =>
    reports.reduce((sum, report) => sum + read(report), 0);
  /** @type {Record<string, number>} */
  const dropped = {};
  for (const { stats } of reports)
    for (const [reason, count] of Object.entries(stats.backend.dropped))
      dropped[reason] = (dropped[reason] ?? 0) + count;
  const leaks = reports.flatMap((report) => report.leaks ?? []);
  return {
    made: total(({ made }) => made),
    observed: total(({ observed }) => observed),
    stats: {
      backend: {
        accepted: total(({ stats }) => stats.backend.accepted),
        sent: total(({ stats }) => stats.backend.sent),
        dropped,
        pending: total(({ stats }) => stats.backend.pending),
        sampledOut: total(({ stats }) => stats.backend.sampledOut),
      },
    },
    violations: reports.flatMap(({ violations }) => violations),
    problems: reports.flatMap(({ problems }) => problems),
    repeated: reports.flatMap(repeatedProblems),
    errors: [...reports.flatMap(({ errors }) => errors), ...(host?.errors ?? [])],
    longestBlock: Math.max(...reports.map(({ longestBlock }) => longestBlock)),
    peakRss: Math.max(...reports.map(({ peakRss }) => peakRss)),
    finishedAt: host?.finishedAt ?? reports[0]?.finishedAt,
    closeMilliseconds: largest(reports.map(({ closeMilliseconds }) => closeMilliseconds)),
    leaks: reports.every((report) => report.leaks === undefined) ? undefined : leaks,
    cutOff: total(({ isCutOff, stats }) => (isCutOff ? stats.backend.pending : 0)),
    processes: reports.length,
  };
}

/** @param {readonly (number | undefined)[]} values */
function largest(values) {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** A problem is reported once a minute at most, which no cell lasts. @param {import('./plan.mjs').Report} report */
function repeatedProblems({ problems }) {
  /** @type {Set<string>} */
  const seen = new Set();
  return problems.flatMap(({ code, metric, tag }) => {
    const id = JSON.stringify([code, metric, tag]);
    if (seen.has(id)) return [`${code} was reported twice`];
    seen.add(id);
    return [];
  });
}
