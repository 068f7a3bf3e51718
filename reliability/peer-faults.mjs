// @ts-check
// The faults of the peer, of the network to it, and of the machine.
import { HOST_NAME } from './isolation.mjs';
import {
  connectsNowhere,
  datagrams,
  datagramsOrUnread,
  hasNoNetwork,
  hasNoReader,
  hasNoReaderOrWaits,
  hasNoServer,
  hasNoServerOrCrashes,
  hasNoSocketFile,
  inFlight,
  inFlightOrUnread,
  keepsNothingOnDisk,
  opensNothing,
} from './reasons.mjs';

/** @typedef {import('./faults.mjs').Fault} Fault */
/** @typedef {NonNullable<Fault['during']>} During */

const UNWRITTEN = 'lines of which winston does not say that they cannot be written';

/** @type {During} */
export const restartPeer = async ({ sleep, peers }) => {
  await sleep(600);
  await peers.ask('down');
  await sleep(500);
  await peers.ask('up');
};

/** @type {During} */
export const suspendPeerForGood = async ({ sleep, peers }) => {
  await sleep(600);
  peers.suspend();
};

/** @type {Readonly<Record<string, Fault>>} */
export const peerFaults = {
  none: { title: 'no fault' },
  'absent at start': {
    title: 'the peer comes a second after the application',
    absentAtStart: true,
    eats: datagrams,
    impossible: hasNoServer,
    async during({ sleep, peers }) {
      await sleep(1000);
      await peers.start();
    },
  },
  refused: {
    title: 'the peer never comes',
    absentAtStart: true,
    eats: datagramsOrUnread,
    loses: true,
    impossible: hasNoServer,
  },
  'black hole': {
    title: 'packets to the peer vanish, from the start to the end',
    isolated: true,
    eats: datagramsOrUnread,
    loses: true,
    impossible: hasNoNetwork,
    before: ({ isolation }) => isolation.losePackets(1),
    after: ({ isolation }) => expectLoss(isolation.keepPackets()),
  },
  'black hole later': {
    title: 'packets to the peer vanish, from the midst to the end',
    isolated: true,
    eats: inFlightOrUnread,
    loses: true,
    impossible: hasNoNetwork,
    async during({ sleep, isolation }) {
      await sleep(600);
      isolation.losePackets(1);
    },
    after: ({ isolation }) => expectLoss(isolation.keepPackets()),
  },
  '30 % loss': {
    title: 'three of ten packets to the peer are lost',
    isolated: true,
    eats: datagramsOrUnread,
    loses: true,
    impossible: hasNoNetwork,
    before: ({ isolation }) => isolation.losePackets(0.3),
    after: ({ isolation }) => expectLoss(isolation.keepPackets()),
  },
  silent: {
    title: 'the peer stops reading, and never reads again',
    loses: true,
    eats: inFlightOrUnread,
    impossible: hasNoReaderOrWaits,
    during: suspendPeerForGood,
  },
  stalled: {
    title: 'the peer stops reading for a second',
    eats: inFlight,
    impossible: hasNoReader,
    async during({ sleep, peers }) {
      await sleep(500);
      peers.suspend();
      await sleep(1000);
      peers.continue();
    },
  },
  'slow reader': {
    title: 'the peer reads for 20 ms, and then not for 180 ms',
    lastsToTheEnd: true,
    eats: datagrams,
    impossible: hasNoReader,
    async during({ sleep, peers, hasEnded }) {
      while (!hasEnded()) {
        peers.suspend();
        await sleep(180);
        peers.continue();
        await sleep(20);
      }
    },
  },
  restart: {
    title: 'the peer restarts, and is away for half a second',
    eats: inFlight,
    impossible: hasNoServer,
    during: restartPeer,
  },
  killed: {
    title: 'the peer is killed with SIGKILL, and another one comes half a second later',
    eats: inFlight,
    impossible: hasNoServerOrCrashes,
    async during({ sleep, peers }) {
      await sleep(600);
      await peers.kill();
      await sleep(500);
      await peers.start();
    },
  },
  'socket replaced': {
    title: 'another peer takes the socket file over',
    eats: inFlight,
    impossible: hasNoSocketFile,
    async during({ sleep, peers }) {
      await sleep(600);
      await peers.start();
    },
  },
  'name unknown at first': {
    title: 'the name of the peer does not resolve for a second',
    isolated: true,
    impossible: connectsNowhere,
    before: ({ peers }) => peers.setHost(HOST_NAME),
    async during({ sleep, isolation }) {
      await sleep(1000);
      isolation.setName('127.0.0.1');
    },
  },
  'address moves': {
    title: 'the peer leaves its address, and its name points to another one half a second later',
    isolated: true,
    eats: inFlight,
    impossible: connectsNowhere,
    async before({ peers, isolation }) {
      peers.setHost(HOST_NAME);
      isolation.setName('127.0.0.2');
      await peers.relayFrom('127.0.0.2');
    },
    async during({ sleep, peers, isolation }) {
      await sleep(600);
      await peers.endRelay();
      await sleep(500);
      await peers.relayFrom('127.0.0.3');
      isolation.setName('127.0.0.3');
    },
  },
  'no ports': {
    title: 'there is no ephemeral port for a second',
    isolated: true,
    impossible: connectsNowhere,
    before: ({ isolation }) => isolation.takePorts(),
    async during({ sleep, isolation }) {
      await sleep(1000);
      isolation.freePorts();
    },
  },
  'no descriptors at start': {
    title: 'the process has no descriptors left for its first second',
    // A logger opens its file once.
    loses: ({ peer }) => peer === 'file',
    eats: ({ peer }) => (peer === 'file' ? UNWRITTEN : undefined),
    maxDescriptors: 200,
    plan: { disturbances: ['no descriptors at start'] },
    impossible: opensNothing,
  },
  'no descriptors': {
    title: 'the process has no descriptors left for half a second, while the peer restarts',
    maxDescriptors: 200,
    eats: inFlight,
    plan: { disturbances: ['no descriptors'] },
    impossible: opensNothing,
    async during({ sleep, peers }) {
      await sleep(1200);
      await peers.ask('down');
      await sleep(100);
      await peers.ask('up');
    },
  },
  'disk full': {
    title: 'the disk, of 1 MB, is full from the midst to the end',
    isolated: true,
    loses: true,
    eats: ({ peer }) => {
      if (peer === 'snapshot') return 'what is in memory when no snapshot can be written, which is reported';
      return peer === 'file' ? UNWRITTEN : undefined;
    },
    impossible: keepsNothingOnDisk,
    prepare: ({ peers, isolation }) => peers.moveTo(isolation.mountDisk()),
    async during({ sleep, isolation }) {
      await sleep(600);
      isolation.fillDisk();
    },
  },
};

/** @param {number} packets */
function expectLoss(packets) {
  if (packets === 0) throw new Error('no packet was lost');
}
