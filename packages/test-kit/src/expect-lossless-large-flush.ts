import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type SeriesFields, seriesOf } from './series-of.js';
import { waitUntil } from './wait-until.js';

const SERIES = 100_000;

/** The part of a backend that the check uses. */
interface FlushedBackend {
  open(id: number, series: SeriesFields): void;
  incr(id: number, amount: number, sampleRate: number): void;
  flush(): Promise<void>;
  stats(): { readonly sent: number };
  close(options: { readonly timeout: number }): Promise<void>;
}

/** Keeps packets, and on each message counts lines and adds up values. Its socket buffer is the system's default. */
const RECEIVER = `
  const socket = require('node:dgram').createSocket('udp4');
  const packets = [];
  socket.on('message', (packet) => packets.push(packet));
  socket.bind(0, '127.0.0.1', () => process.send(socket.address().port));
  process.on('disconnect', () => process.exit());
  process.on('message', () => {
    const lines = packets.flatMap((packet) => packet.toString('latin1').trimEnd().split('\\n'));
    const sum = lines.reduce((total, line) => total + Number(/:(\\d+)/.exec(line)[1]), 0);
    process.send({ lines: lines.length, sum });
  });
`;

/**
 * Flushes 100,000 tagged counters to another process over UDP. Expects that all arrive and that the event loop stays
 * free meanwhile.
 */
export async function expectLosslessLargeFlush(create: (port: number) => FlushedBackend): Promise<void> {
  const receiver = spawn(process.execPath, ['-e', RECEIVER], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [port] = (await once(receiver, 'message')) as [number];
  const backend = create(port);
  for (let id = 0; id < SERIES; id += 1) {
    const tags = { method: `m${id % 10}`, route: `r${Math.floor(id / 10) % 100}`, status: `s${Math.floor(id / 1000)}` };
    backend.open(id, seriesOf('counter', 'http.requests', { tags }));
  }
  const received = async () => {
    receiver.send('count');
    const [counts] = (await once(receiver, 'message')) as [{ lines: number; sum: number }];
    return counts;
  };
  // Ten attempts, because a receiver without a processor for ten milliseconds drops packets whatever the sender does.
  let lossless = false;
  let before = { lines: 0, sum: 0 };
  for (let attempt = 0; attempt < 10 && !lossless; attempt += 1) {
    for (let id = 0; id < SERIES; id += 1) backend.incr(id, (id % 7) + attempt, 1);
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      turning = setImmediate(turn);
    };
    let turning = setImmediate(turn);
    await backend.flush();
    clearImmediate(turning);
    // A flush without pauses would take one or two turns.
    expect(turns).toBeGreaterThan(100);
    let last = -1;
    await waitUntil(async () => {
      const { lines } = await received();
      const quiet = lines === last;
      last = lines;
      return quiet;
    });
    const now = await received();
    lossless = now.lines - before.lines === SERIES && now.sum - before.sum === 299_995 + SERIES * attempt;
    before = now;
  }
  expect(lossless).toBe(true);
  expect(backend.stats().sent % SERIES).toBe(0);
  await backend.close({ timeout: 1000 });
  receiver.kill();
}
