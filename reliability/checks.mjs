// @ts-check
// What must hold in every cell.
import { backends } from './backends.mjs';
import { faults } from './faults.mjs';

/** README's promise for a process that ends by itself, and room for a busy machine. */
const MAX_EXIT_MILLISECONDS = 1000 + 700;
/** The timeout that the application gives to close(), or the one of a signal. */
const MAX_SIGNAL_MILLISECONDS = 2000 + 700;

/** Faults that end the process before anything can be confirmed. */
const WITHOUT_CLOSE = new Set(['process.exit', 'uncaught exception']);

/**
 * @param {import('./cell.mjs').Outcome} outcome
 * @returns {string[]} what is broken
 */
export function brokenPromises(outcome) {
  const { backend, fault, report, received, malformed, exit, exitMilliseconds, stderr } = outcome;
  const row = backends[backend];
  const { exit: expectedExit = 0, eats, loses = false } = faults[fault] ?? {};
  /** @type {string[]} */
  const broken = [];
  if (exit !== expectedExit)
    broken.push(
      exit === undefined
        ? 'the process did not end'
        : `it ended with ${exit} instead of ${expectedExit}: ${stderr.slice(0, 300)}`,
    );
  const maxExit = fault === 'SIGTERM' ? MAX_SIGNAL_MILLISECONDS : MAX_EXIT_MILLISECONDS;
  if (!(exitMilliseconds <= maxExit))
    broken.push(`it took ${exitMilliseconds} ms to end, at most ${maxExit} were promised`);
  if (malformed.length > 0) broken.push(`malformed: ${malformed.join('; ')}`);
  if (report === undefined) return [...broken, 'it left no report'];
  const { made, stats, violations, problems, errors } = report;
  broken.push(...violations.slice(0, 3));
  if (fault !== 'uncaught exception') broken.push(...errors.slice(0, 3));
  const { sent, pending, dropped } = stats.backend;
  // Without close(), no one waits for the results of the last packets.
  const unconfirmed = WITHOUT_CLOSE.has(fault) ? pending : 0;
  if (pending !== unconfirmed) broken.push(`${pending} samples are pending at the end`);
  const lost = Object.values(dropped).reduce((total, count) => total + count, 0);
  if (lost > 0 && problems.length === 0) broken.push(`${lost} samples were lost and no problem was reported`);
  if (lost > 0 && !loses && eats === undefined)
    broken.push(`${lost} of ${made} samples were lost: ${JSON.stringify(dropped)}`);
  const arrived = received * (row?.copies ?? 1);
  if (arrived > sent + unconfirmed && !isUncertain(backend))
    broken.push(`${arrived} samples arrived but only ${sent} count as sent`);
  if (arrived < sent && eats === undefined) broken.push(`${sent} samples count as sent but ${arrived} arrived`);
  return broken;
}

/** A request without a response is sent again: what it held may then have arrived without counting as sent. @param {string} backend */
function isUncertain(backend) {
  return backend === 'datadog' || backend === 'timeseries redis';
}
