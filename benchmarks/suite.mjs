// @ts-check
// The parameters and results of a suite.

/**
 * @typedef {object} Context
 * @property {boolean} short fewer contenders, scenarios and rounds: for a check on every change
 * @property {number} port of a UDP server that discards what arrives
 * @property {(step: string) => void} progress called before each step
 * @property {string | undefined} otherNode another version of Node.js to compare with, as a program
 *
 * @typedef {object} Table
 * @property {string} title
 * @property {readonly string[]} columns the first is the name of a row
 * @property {readonly (readonly string[])[]} rows
 * @property {string} [note]
 *
 * @typedef {object} Section
 * @property {readonly Table[]} tables
 * @property {Readonly<Record<string, number>>} measurements by a name that `targets.mjs` refers to, without those that could not be measured
 *
 * @typedef {object} Suite
 * @property {string} title
 * @property {string} about how it is measured, in a sentence or two
 * @property {(context: Context) => Promise<Section>} run
 */

/** Formats a number with its significant digits. @param {number} value */
export function formatNumber(value) {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return value === 0 ? '0' : Number(value.toPrecision(2)) === 1 ? '1.00' : value.toPrecision(2);
}
