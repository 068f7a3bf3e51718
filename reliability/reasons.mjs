// @ts-check
// Why a backend does not have a fault, and which samples a fault eats.

/**
 * @typedef {NonNullable<import('./faults.mjs').Fault['impossible']>} Impossible
 * @typedef {(row: import('./backends.mjs').BackendRow) => string | undefined} Eats
 */

const isFile = (/** @type {string} */ peer) => ['file', 'snapshot'].includes(peer);
const isNetwork = (/** @type {string} */ peer) => ['udp', 'tcp', 'intake', 'redis', 'scraper', 'otlp'].includes(peer);

/** @type {Impossible} */
export const hasNoServer = ({ peer }) => {
  if (peer === 'stdout') return 'the reader of a standard output is there before the process and for all of its life';
  return isFile(peer) ? 'it writes to a file, which no server takes' : undefined;
};

/** @type {Impossible} */
export const hasNoReader = ({ peer }) => (isFile(peer) ? 'it writes to a file, which no one has to read' : undefined);

/** @type {Impossible} */
export const hasNoReaderOrWaits = (row) =>
  row.peer === 'stdout'
    ? 'Node.js ends only after the reader has read everything, with or without metrics'
    : hasNoReader(row);

/** @type {Impossible} */
export const hasNoServerOrCrashes = (row) =>
  row.peer === 'stdout'
    ? 'winston leaves an error of the standard output to the process, which it ends with or without metrics'
    : hasNoServer(row);

/** @type {Impossible} */
export const hasNoSocketFile = ({ peer }) => (peer.startsWith('unix') ? undefined : 'there is no socket file');

/** @type {Impossible} */
export const hasNoNetwork = ({ peer }) => (isNetwork(peer) ? undefined : 'it sends nothing over IP');

/** @type {Impossible} */
export const connectsNowhere = (row) =>
  row.peer === 'scraper' ? 'it is connected to, and connects to no one' : hasNoNetwork(row);

/** @type {Impossible} */
export const opensNothing = ({ peer }) => (peer === 'stdout' ? 'the standard output is open already' : undefined);

/** @type {Impossible} */
export const needsMainThread = ({ peer }) =>
  peer === 'unixgram' ? 'the native package works in the main thread only, and the constructor says so' : undefined;

/** @type {Impossible} */
export const keepsNothingOnDisk = ({ peer }) =>
  isFile(peer) || peer === 'redis' ? undefined : 'neither it nor its peer writes to a disk';

/** Samples that the kernel had accepted when their receiver ended or stopped reading. */
const IN_FLIGHT = 'samples in the buffers of the peer, or on their way to it';

/**
 * A peer that acknowledges what it has keeps it, so nothing counts as sent that could be lost.
 *
 * @param {string} text
 * @returns {Eats}
 */
export const unlessAcknowledged = (text) => (row) => (row.acknowledges ? undefined : text);

/**
 * A server that reads totals reads later what it missed.
 *
 * @type {Eats}
 */
export const inFlight = (row) => (row.peer === 'scraper' ? undefined : unlessAcknowledged(IN_FLIGHT)(row));

/** @type {Eats} */
export const unread = ({ peer }) =>
  peer === 'scraper' ? 'totals that no server came to read before they ended' : undefined;

/** @type {Eats} */
export const datagrams = ({ peer }) => (peer === 'udp' ? 'datagrams, which no one acknowledges' : undefined);

/** @type {Eats} */
export const inFlightOrUnread = (row) => unread(row) ?? inFlight(row);

/** @type {Eats} */
export const datagramsOrUnread = (row) => unread(row) ?? datagrams(row);
