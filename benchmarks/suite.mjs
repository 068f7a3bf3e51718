// @ts-check
// What a suite is given and what it answers.

/**
 * @typedef {object} Context
 * @property {boolean} short fewer contenders, scenarios and rounds: for a check on every change
 * @property {number} port of a UDP server that nobody asks what arrived
 * @property {(step: string) => void} progress told before each step
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
 * @property {Readonly<Record<string, number>>} figures by a name that `targets.mjs` refers to; what cannot be measured is left out
 *
 * @typedef {object} Suite
 * @property {string} title
 * @property {string} about how it is measured, in a sentence or two
 * @property {(context: Context) => Promise<Section>} run
 */

/** Digits that mean something. @param {number} value */
export function figure(value) {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return value === 0 ? '0' : Number(value.toPrecision(2)) === 1 ? '1.00' : value.toPrecision(2);
}
