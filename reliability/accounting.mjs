// @ts-check
// The equation that holds at every moment.

/**
 * Compares the calls of the application with what becomes of them, by the stats.
 *
 * @param {import('@metrics/core').MetricsStats} stats
 * @param {number} made calls, by the application's own count
 * @param {number} [copies] how many backends count each of them
 */
export function accountingErrors({ backend, dropped, discarded, sampledOut }, made, copies = 1) {
  /** @type {string[]} */
  const errors = [];
  const lost = sumOf(dropped) + discarded + sampledOut;
  const accounted = backend.accepted + backend.sampledOut;
  if (accounted !== (made - lost) * copies)
    errors.push(`made ${made}, lost before the backend ${lost}, but it counts ${accounted}`);
  const fates = backend.sent + sumOf(backend.dropped) + backend.pending;
  if (backend.accepted !== fates) errors.push(`accepted ${backend.accepted} is not sent + dropped + pending, ${fates}`);
  return errors;
}

/** @param {Readonly<Record<string, number>>} counts */
export function sumOf(counts) {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
