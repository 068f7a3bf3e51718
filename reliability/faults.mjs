// @ts-check
// The columns of the matrix: what goes wrong, when, and which samples it is allowed to eat.
import { applicationFaults } from './application-faults.mjs';
import { backends } from './backends.mjs';
import { peerFaults } from './peer-faults.mjs';

/**
 * @typedef {object} Control what a fault can do
 * @property {(milliseconds: number) => Promise<void>} sleep
 * @property {import('./peer-group.mjs').PeerGroup} peers
 * @property {import('./isolation.mjs').Isolation} isolation of a cell that is `isolated`
 * @property {(signal: NodeJS.Signals) => void} signal the application
 * @property {() => boolean} hasEnded whether the application has
 *
 * @typedef {object} Fault
 * @property {string} title
 * @property {(control: Pick<Control, 'peers' | 'isolation'>) => unknown} [prepare] runs before the peer starts
 * @property {(control: Pick<Control, 'peers' | 'isolation'>) => unknown} [before] runs between the start of the peer and the application's
 * @property {(control: Control) => Promise<void>} [during] runs next to the application, from its first sample on
 * @property {(control: Pick<Control, 'peers' | 'isolation'>) => unknown} [after] runs when the application has ended, and throws if there was no fault
 * @property {boolean} [lastsToTheEnd] `during` ends with the application, which otherwise records until it is over
 * @property {boolean} [isolated] whether the cell has its own network and file systems
 * @property {boolean} [absentAtStart] the peer starts only when `during` starts it
 * @property {Partial<import('./plan.mjs').Plan>} [plan]
 * @property {readonly string[]} [nodeOptions]
 * @property {number} [maxDescriptors] the limit of the application's process
 * @property {number | NodeJS.Signals} [exit] how the process ends; 0 by default
 * @property {boolean} [throws] whether the application itself throws
 * @property {boolean} [hasNoClose] the process ends before anything can be confirmed
 * @property {string | ((row: import('./backends.mjs').BackendRow) => string | undefined)} [eats] the loss that no client can
 *   see: received may be less than sent. Undefined if there is none
 * @property {boolean | ((row: import('./backends.mjs').BackendRow) => boolean)} [loses] samples may be lost, if a problem is
 *   reported
 * @property {RegExp} [tolerates] errors of the peer that the fault causes
 * @property {(row: import('./backends.mjs').BackendRow) => string | undefined} [impossible] why a backend does not have it
 */

/** @type {Readonly<Record<string, Fault>>} */
export const faults = { ...peerFaults, ...applicationFaults };

/**
 * @param {string} backend
 * @param {string} fault
 * @returns {string | undefined} why there is no such cell
 */
export function reasonAgainst(backend, fault) {
  const row = backends[backend];
  return row === undefined ? 'no such backend' : faults[fault]?.impossible?.(row);
}

/**
 * @param {string} backend
 * @param {string} fault
 * @returns {string | undefined} the loss that no client can see
 */
export function eatenBy(backend, fault) {
  const row = backends[backend];
  const eats = faults[fault]?.eats;
  return typeof eats === 'function' ? row && eats(row) : eats;
}

/**
 * @param {string} backend
 * @param {string} fault
 * @returns {boolean} whether samples may be lost
 */
export function mayLose(backend, fault) {
  const row = backends[backend];
  const loses = faults[fault]?.loses;
  return typeof loses === 'function' ? row !== undefined && loses(row) : loses === true;
}
