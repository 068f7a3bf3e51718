// @ts-check
// What must hold in every cell.
import { sumOf } from './accounting.mjs';
import { backends } from './backends.mjs';
import { eatenBy, faults, mayLose } from './faults.mjs';

/** A busy machine may add so much, apart from the time that the process waits for a processor: its peers wait, too. */
const SLACK_MILLISECONDS = 1500;
/** README's promise for a process that ends by itself. */
const MAX_EXIT_MILLISECONDS = 1000 + SLACK_MILLISECONDS;
/** The timeout that the application gives to close(), or the one of a signal. */
const MAX_CLOSE_MILLISECONDS = 2000 + SLACK_MILLISECONDS;
/** Enough for Node.js and any backend, and too little for what is kept without a bound. */
const MAX_RSS_BYTES = 300 * 2 ** 20;

/** The reasons under which samples are dropped because their time is over. */
const REASONS_AT_END = new Set(['timeout', 'exit', 'closed']);

/**
 * @param {import('./cell.mjs').Outcome} outcome
 * @returns {string[]} what is broken
 */
export function brokenPromises(outcome) {
  const { fault, report, failure } = outcome;
  if (failure !== undefined) return [failure];
  const broken = [...brokenTimes(outcome), ...brokenEnd(outcome)];
  if (report === undefined) return [...broken, 'it left no report'];
  broken.push(...report.violations.slice(0, 3), ...report.repeated.slice(0, 3));
  if (!faults[fault]?.throws) broken.push(...report.errors.slice(0, 3));
  for (const leak of report.leaks?.slice(0, 3) ?? []) broken.push(`left after close(): ${leak}`);
  if (report.peakRss > MAX_RSS_BYTES) broken.push(`it used ${Math.round(report.peakRss / 2 ** 20)} MB`);
  return [...broken, ...brokenDelivery(outcome, report), ...brokenReports(report)];
}

/**
 * Promises about seconds, which a machine without processor time or disk breaks as well.
 *
 * @param {import('./cell.mjs').Outcome} outcome
 * @returns {string[]} what is broken
 */
export function brokenTimes({ fault, report, exit, exitMilliseconds }) {
  if (exit === undefined) return [];
  /** @type {string[]} */
  const broken = [];
  const maxExit = faults[fault]?.plan?.signals === undefined ? MAX_EXIT_MILLISECONDS : MAX_CLOSE_MILLISECONDS;
  if (!(exitMilliseconds <= maxExit))
    broken.push(`it took ${exitMilliseconds} ms to end, at most ${maxExit} were promised`);
  const { closeMilliseconds = 0 } = report ?? {};
  if (closeMilliseconds > MAX_CLOSE_MILLISECONDS)
    broken.push(`close() took ${Math.round(closeMilliseconds)} ms, at most ${MAX_CLOSE_MILLISECONDS} were promised`);
  return broken;
}

/** How the process ended. @param {import('./cell.mjs').Outcome} outcome */
function brokenEnd({ fault, report, malformed, exit, stderr }) {
  const { exit: expectedExit = 0, plan: { host } = {} } = faults[fault] ?? {};
  /** @type {string[]} */
  const broken = [];
  if (exit === undefined) broken.push('the process did not end');
  else if (exit !== expectedExit)
    broken.push(`it ended with ${exit} instead of ${expectedExit}: ${stderr.slice(0, 600)}`);
  if (malformed.length > 0) broken.push(`malformed: ${malformed.join('; ')}`);
  const { processes = 0 } = report ?? {};
  if (report !== undefined && host === 'cluster' && processes !== 4)
    broken.push(`${processes} of 4 processes left a report`);
  return broken;
}

/**
 * The fate of the samples.
 *
 * @param {import('./cell.mjs').Outcome} outcome
 * @param {import('./merge-reports.mjs').MergedReport} report
 */
function brokenDelivery({ backend, fault, received }, { made, observed, stats, cutOff }) {
  const row = backends[backend];
  const { hasNoClose = false } = faults[fault] ?? {};
  const eats = eatenBy(backend, fault);
  const { sent, pending, dropped } = stats.backend;
  /** @type {string[]} */
  const broken = [];
  // Without close(), no one waits for the results of the last packets.
  const unconfirmed = hasNoClose ? pending : cutOff;
  if (pending !== unconfirmed) broken.push(`${pending - unconfirmed} samples are pending at the end`);
  const lost = sumOf(dropped);
  if (lost > 0 && !mayLose(backend, fault) && eats === undefined)
    broken.push(`${lost} of ${made} samples were lost: ${JSON.stringify(dropped)}`);
  const { kept = 0, acknowledges = false, writesLines = false } = row ?? {};
  const sentToPeer = sent - kept * made;
  const arrived = received + observed;
  // Samples that were not confirmed in time may have arrived, too: a request without a response, a line that the logger held.
  if (arrived > (acknowledges || writesLines ? made : sentToPeer + unconfirmed))
    broken.push(`${arrived} samples arrived but only ${sentToPeer} of ${made} count as sent`);
  if (arrived < sentToPeer && eats === undefined)
    broken.push(`${sentToPeer} samples count as sent but ${arrived} arrived`);
  return broken;
}

/** Whether each loss was reported, and once. @param {import('./merge-reports.mjs').MergedReport} report */
function brokenReports({ stats, problems }) {
  const { dropped } = stats.backend;
  const lost = sumOf(dropped);
  if (lost > 0 && problems.length === 0) return [`${lost} samples were lost and no problem was reported`];
  const reported = problems.filter(({ code }) => code.startsWith('lost_at_'));
  const reportedCount = reported.reduce((total, { count }) => total + count, 0);
  const lostAtEnd = sumOf(Object.fromEntries(Object.entries(dropped).filter(([reason]) => REASONS_AT_END.has(reason))));
  // Samples that the peer refuses during close() are lost at the end, too.
  return reportedCount >= lostAtEnd && reportedCount <= lost
    ? []
    : [`${lostAtEnd} samples were lost at the end but ${reportedCount} were reported: ${JSON.stringify(dropped)}`];
}
