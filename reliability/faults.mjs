// @ts-check
// The columns of the matrix: what goes wrong, when, and which samples it is allowed to eat.
import { backends } from './backends.mjs';

/**
 * @typedef {object} Fault
 * @property {string} title
 * @property {(control: import('./cell.mjs').Control) => Promise<void>} [during] runs next to the application
 * @property {boolean} [absentAtStart] the peer starts only when `during` starts it
 * @property {Partial<import('./application.mjs').Plan>} [plan]
 * @property {readonly string[]} [nodeOptions]
 * @property {number} [maxDescriptors] the limit of the application's process
 * @property {number | NodeJS.Signals} [exit] how the process ends; 0 by default
 * @property {string} [eats] the loss that no client can see: received may be less than sent. Undefined if there is none
 * @property {boolean} [loses] samples may be lost, if a problem is reported
 * @property {(row: import('./backends.mjs').BackendRow) => string | undefined} [impossible] why a backend does not have it
 */

/** @typedef {NonNullable<Fault['impossible']>} Impossible */

/** @type {Impossible} */
const hasPeer = ({ peer }) => (['file', 'snapshot', 'stdout'].includes(peer) ? 'there is no peer' : undefined);
/** @type {Impossible} */
const isSocketFile = ({ peer }) => (peer.startsWith('unix') ? undefined : 'there is no socket file');
/** @type {Impossible} */
const opensDescriptors = ({ peer }) => (peer === 'stdout' ? 'it opens nothing' : undefined);
/** @type {Impossible} */
const refusesWrongDates = ({ peer }) =>
  peer === 'intake' ? 'the intake refuses points that are an hour old, or in the future' : undefined;

/** Samples that the kernel had accepted when their receiver ended or stopped reading. */
const IN_FLIGHT = 'what was in the buffers of the peer, or on its way';

/** @type {NonNullable<Fault['during']>} */
const restartPeer = async ({ sleep, ask }) => {
  await sleep(600);
  await ask('down');
  await sleep(500);
  await ask('up');
};

/** @type {NonNullable<Fault['during']>} */
const suspendPeerForGood = async ({ sleep, suspendPeer }) => {
  await sleep(600);
  suspendPeer();
};

/** @type {Readonly<Record<string, Fault>>} */
export const faults = {
  none: { title: 'no fault' },
  'absent at start': {
    title: 'the peer comes a second after the application',
    absentAtStart: true,
    eats: 'datagrams to a port without a listener',
    impossible: hasPeer,
    async during({ sleep, startPeer }) {
      await sleep(1000);
      await startPeer();
    },
  },
  refused: {
    title: 'the peer never comes',
    absentAtStart: true,
    eats: 'datagrams to a port without a listener',
    loses: true,
    impossible: hasPeer,
  },
  silent: {
    title: 'the peer stops reading, and never reads again',
    loses: true,
    eats: IN_FLIGHT,
    impossible: hasPeer,
    during: suspendPeerForGood,
  },
  stalled: {
    title: 'the peer stops reading for a second',
    eats: IN_FLIGHT,
    impossible: hasPeer,
    async during({ sleep, suspendPeer, continuePeer }) {
      await sleep(500);
      suspendPeer();
      await sleep(1000);
      continuePeer();
    },
  },
  restart: {
    title: 'the peer restarts, and is away for half a second',
    eats: IN_FLIGHT,
    impossible: hasPeer,
    during: restartPeer,
  },
  killed: {
    title: 'the peer is killed, and another one comes half a second later',
    eats: IN_FLIGHT,
    impossible: hasPeer,
    async during({ sleep, killPeer, startPeer }) {
      await sleep(600);
      await killPeer();
      await sleep(500);
      await startPeer();
    },
  },
  'socket replaced': {
    title: 'another peer takes the socket file over',
    eats: IN_FLIGHT,
    impossible: isSocketFile,
    async during({ sleep, startPeer, removeSocket }) {
      await sleep(600);
      removeSocket();
      await startPeer();
    },
  },
  'no descriptors': {
    title: 'the process has no descriptors left for half a second',
    maxDescriptors: 200,
    plan: { disturbances: ['no descriptors'] },
    impossible: opensDescriptors,
  },
  'disk full': {
    title: 'the disk is full',
    loses: true,
    eats: 'lines of which winston does not say that they cannot be written',
    impossible: ({ peer }) => (peer === 'file' ? undefined : 'it writes no file while it records'),
  },
  'clock back': {
    title: 'the wall clock goes back an hour',
    plan: { disturbances: ['clock back'] },
    impossible: refusesWrongDates,
  },
  'clock ahead': {
    title: 'the wall clock goes ahead an hour',
    plan: { disturbances: ['clock ahead'] },
    impossible: refusesWrongDates,
  },
  'clock back a little': {
    title: 'the wall clock goes back five minutes',
    plan: { disturbances: ['clock back a little'] },
  },
  blocked: { title: 'the event loop is blocked for two seconds', plan: { disturbances: ['block'] } },
  SIGTERM: {
    title: 'SIGTERM in the midst of recording',
    plan: { signals: ['SIGTERM'], finish: 'wait' },
    exit: 'SIGTERM',
    async during({ sleep, signal }) {
      await sleep(1200);
      signal('SIGTERM');
    },
  },
  'process.exit': {
    title: 'process.exit() right after a sample',
    plan: { finish: 'process.exit' },
    loses: true,
    eats: 'what the transport cannot send without waiting',
  },
  'natural end': { title: 'the process ends without close()', plan: { finish: 'natural end' } },
  'natural end, silent peer': {
    title: 'the process ends without close() while the peer does not read',
    plan: { finish: 'natural end' },
    loses: true,
    eats: IN_FLIGHT,
    impossible: hasPeer,
    during: suspendPeerForGood,
  },
  'uncaught exception': {
    title: 'the application throws',
    plan: { finish: 'throw' },
    exit: 1,
    loses: true,
    eats: 'what the transport cannot send without waiting',
  },
  'unhandled rejection': {
    title: 'a promise of the application rejects',
    plan: { disturbances: ['unhandled rejection'] },
  },
  'a million series': {
    title: 'each call is a new series, in a heap of 64 MB',
    nodeOptions: ['--max-old-space-size=64'],
    plan: { attack: true },
  },
  'close twice': { title: 'close() twice', plan: { finish: 'close twice' } },
  'close twice together': { title: 'close() twice at the same time', plan: { finish: 'close twice together' } },
  'close in withTags': { title: 'close() inside withTags()', plan: { finish: 'close in withTags' } },
  'close in exit hook': { title: 'close() from the event beforeExit', plan: { finish: 'close in exit hook' } },
  replace: { title: 'another backend is registered under load', plan: { disturbances: ['replace'] } },
  'flush storm': { title: 'a thousand calls of flush()', plan: { disturbances: ['flush storm'] } },
  'observer flushes': {
    title: 'an observed gauge calls flush()',
    plan: { disturbances: ['observer flushes'] },
    eats: 'samples of the observed gauge, which the peer does not count',
  },
  'onError throws': {
    title: 'the handler of problems throws, while the peer restarts',
    plan: { disturbances: ['onError throws'] },
    eats: IN_FLIGHT,
    impossible: hasPeer,
    during: restartPeer,
  },
};

/**
 * Cells that cannot exist here, with the reason. They are listed in the documents.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const notRun = {
  'a third of the packets lost, a name that does not resolve, no free ports':
    'they need their own network namespace, with iptables and /etc/hosts in it',
};

/** @param {string} backend @param {string} fault @returns {string | undefined} why there is no such cell */
export function reasonAgainst(backend, fault) {
  const row = backends[backend];
  return row === undefined ? 'no such backend' : faults[fault]?.impossible?.(row);
}
