// @ts-check
// The faults of the application: what it does, how it ends, and how many of it there are.
import { restartPeer, suspendPeerForGood } from './peer-faults.mjs';
import {
  hasNoReaderOrWaits,
  hasNoServer,
  inFlight,
  inFlightOrUnread,
  needsMainThread,
  unlessAcknowledged,
  unread,
} from './reasons.mjs';

/** @typedef {import('./faults.mjs').Fault} Fault */

const WRONG_DATES = /timestamp .* seconds (?:old|ahead)/;
/** The intake takes no point that is an hour old, or ten minutes ahead. */
const refusesWrongDates = (/** @type {import('./backends.mjs').BackendRow} */ { peer }) => peer === 'intake';

/** @type {Readonly<Record<string, Fault>>} */
export const applicationFaults = {
  'clock back': {
    title: 'the wall clock goes back an hour',
    plan: { disturbances: ['clock back'] },
    tolerates: WRONG_DATES,
    loses: refusesWrongDates,
  },
  'clock ahead': {
    title: 'the wall clock goes ahead an hour',
    plan: { disturbances: ['clock ahead'] },
    eats: ({ peer }) =>
      peer === 'snapshot' ? 'points that are in the future for the process that reads the snapshot' : undefined,
    tolerates: WRONG_DATES,
    loses: refusesWrongDates,
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
    eats: unread,
    async during({ sleep, signal }) {
      await sleep(1200);
      signal('SIGTERM');
    },
  },
  'SIGTERM in flush': {
    title: 'SIGTERM in the turn that flushed',
    plan: { signals: ['SIGTERM'], finish: 'SIGTERM in flush' },
    exit: 'SIGTERM',
    eats: unread,
  },
  'process.exit': {
    title: 'process.exit() right after a sample',
    plan: { finish: 'process.exit' },
    hasNoClose: true,
    loses: true,
    eats: 'samples that the transport cannot send without waiting',
  },
  'natural end': { title: 'the process ends without close()', plan: { finish: 'natural end' } },
  'natural end, silent peer': {
    title: 'the process ends without close() while the peer does not read',
    plan: { finish: 'natural end' },
    loses: true,
    eats: inFlightOrUnread,
    impossible: hasNoReaderOrWaits,
    during: suspendPeerForGood,
  },
  'uncaught exception': {
    title: 'the application throws',
    plan: { finish: 'throw' },
    exit: 1,
    hasNoClose: true,
    throws: true,
    loses: true,
    eats: 'samples that the transport cannot send without waiting',
  },
  'unhandled rejection': {
    title: 'a promise of the application rejects',
    plan: { disturbances: ['unhandled rejection'] },
  },
  'thread exits': {
    title: 'process.exit() in a worker thread, right after a sample',
    plan: { host: 'thread', finish: 'process.exit' },
    impossible: needsMainThread,
    hasNoClose: true,
    loses: true,
    eats: 'samples that the transport cannot send without waiting',
  },
  'thread terminated': {
    title: 'terminate() of a worker thread, right after a flush and a sample',
    plan: { host: 'thread', finish: 'terminate' },
    impossible: needsMainThread,
    loses: true,
    eats: unlessAcknowledged('samples that were still in the thread'),
  },
  'cluster, one killed': {
    title: 'a cluster of four, of which one is killed with SIGKILL',
    plan: { host: 'cluster', finish: 'SIGKILL' },
    loses: true,
    eats: unlessAcknowledged('samples that were still in the process'),
  },
  'a million series': {
    title: 'a million calls, each of another series, in a heap of 64 MB',
    nodeOptions: ['--max-old-space-size=64'],
    plan: { distinct: 1_000_000 },
    // A logger takes fewer lines than a loop makes.
    loses: ({ writesLines }) => writesLines === true,
  },
  'close twice': { title: 'close() twice', plan: { finish: 'close twice' } },
  'close twice together': { title: 'close() twice at the same time', plan: { finish: 'close twice together' } },
  'close in withTags': { title: 'close() inside withTags()', plan: { finish: 'close in withTags' } },
  'close in exit hook': { title: 'close() from the event beforeExit', plan: { finish: 'close in exit hook' } },
  replace: {
    title: 'another backend is registered under load',
    plan: { disturbances: ['replace'] },
    eats: (row) =>
      row.peer === 'snapshot' ? 'the history of the backend before, whose snapshot has the same path' : unread(row),
  },
  'flush storm': { title: 'a thousand calls of flush()', plan: { disturbances: ['flush storm'] } },
  'observer flushes': { title: 'an observed gauge calls flush()', plan: { disturbances: ['observer flushes'] } },
  'onError throws': {
    title: 'the handler of problems throws, while the peer restarts',
    plan: { disturbances: ['onError throws'] },
    eats: inFlight,
    impossible: hasNoServer,
    during: restartPeer,
  },
};
