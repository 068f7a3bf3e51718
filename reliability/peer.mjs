// @ts-check
// The peer of a cell, in its own process: it receives and counts, and goes `down` or `up` as the cell says. It sends its
// count whenever it changes, so that what it received before it was killed is known.
import { RecordingIntake, RecordingServer } from '@metrics/testing/servers';
import { OtlpReceiver } from './otlp-receiver.mjs';
import { Scraper } from './scraper.mjs';

const { kind, port, path } = /** @type {{ kind: string, port?: number, path?: string }} */ (
  JSON.parse(process.argv[2] ?? '{}')
);

const peer = await start();
process.on('message', (message) => {
  const [id, command] = /** @type {[number, string]} */ (message);
  void Promise.resolve(peer.commands[command]?.()).then(
    () => process.send?.({ id, ...peer.count() }),
    (error) => process.send?.({ id, error: String(error) }),
  );
});
// The parent ends it, or has ended.
process.on('disconnect', () => process.exit());
process.send?.({ id: 0, ...peer.target, ...peer.count() });
setInterval(() => process.send?.({ id: -1, ...peer.count() }), 20);

/**
 * @typedef {object} Peer
 * @property {{ port?: number | undefined, path?: string | undefined, url?: string }} target
 * @property {Readonly<Record<string, () => unknown>>} commands
 * @property {() => { received: number, malformed: readonly string[] }} count
 */

/** @returns {Promise<Peer>} */
async function start() {
  if (kind === 'intake') return startIntake();
  if (kind === 'scraper') return reader(new Scraper(path ?? ''));
  if (kind === 'otlp') return reader(await OtlpReceiver.start(port ?? 0));
  return startServer();
}

/** @param {Scraper | OtlpReceiver} totals @returns {Peer} */
function reader(totals) {
  return {
    target: {},
    commands: { down: () => totals.down(), up: () => totals.up() },
    count: () => ({ received: totals.received, malformed: totals.malformed.slice(0, 5) }),
  };
}

/** @returns {Promise<Peer>} */
async function startServer() {
  const transport = /** @type {import('@metrics/testing/servers').ServerTransport} */ (kind);
  const server = await RecordingServer.start({ transport, port, path, strict: false, maxSamples: 2_000_000 });
  return {
    target: { port: server.port, path: server.path },
    commands: {
      down: () => server.down(),
      up: () => server.up(),
    },
    count: () => ({
      received: Math.round(server.recorded.counter('jobs')) + server.recorded.timings('latency').length,
      malformed: server.malformed.map(String).slice(0, 5),
    }),
  };
}

/** @returns {Promise<Peer>} */
async function startIntake() {
  const intake = await RecordingIntake.start({ tls: false, port });
  return {
    target: { url: intake.url },
    commands: {
      down: () => intake.outage('reset'),
      up: () => intake.outage(false),
    },
    count: () => ({
      received: Math.round(intake.sum('jobs')) + intake.sum('latency.count') + intake.values('latency').length,
      malformed: [...intake.violations, ...intake.overwrites.map((each) => JSON.stringify(each))].slice(0, 5),
    }),
  };
}
