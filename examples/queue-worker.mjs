// @ts-check
// A worker that takes jobs from a queue, and is ended by SIGTERM in the middle of its work, as in each deploy. It finishes its
// job, and nothing that it recorded is lost. Run it with `node examples/queue-worker.mjs` after `npm run build`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { metrics } from '@metrics/core';
import { errorName } from '@metrics/core/normalizers';
import { DogStatsdMetricsBackend } from '@metrics/dogstatsd';
import { RecordingServer } from '@metrics/testing/servers';

const file = fileURLToPath(import.meta.url);
if (process.argv[2] === 'worker') await work();
else await supervise();

/** The worker. The agent is named by DD_AGENT_HOST and DD_DOGSTATSD_PORT, as in a container. */
async function work() {
  metrics.register(new DogStatsdMetricsBackend(), { prefix: 'shop.', tags: { worker: 'mail' } });
  const queue = Array.from({ length: 100_000 }, (_, number) => ({ number, retries: number % 3 }));
  metrics.defineGauge('queue.length', { observe: () => queue.length });
  const active = metrics.defineGauge('jobs.active');
  const done = metrics.defineCounter('jobs.done', { tags: ['error'] });

  const stopping = new AbortController();
  process.once('SIGTERM', () => stopping.abort());
  let count = 0;
  for (let job = queue.shift(); job !== undefined && !stopping.signal.aborted; job = queue.shift()) {
    const { number, retries } = job;
    active.add(1);
    try {
      await metrics.timer('jobs.run', () => sendMail(number));
      done.incr();
    } catch (error) {
      done.incr({ error: errorName(error) });
    }
    metrics.distribution('jobs.retries', retries);
    active.add(-1);
    count += 1;
    if (count === 20) process.send?.('busy');
  }
  // The last job is finished: send everything, then let the process end.
  await metrics.close();
  process.send?.({ count });
  process.disconnect();
}

/** @param {number} number */
async function sendMail(number) {
  await new Promise((resolve) => setTimeout(resolve, 1));
  if (number % 10 === 9) throw Object.assign(new Error(`mailbox ${number} is full`), { code: 'EMAILFULL' });
}

/** The rest of the world: an Agent, and an orchestrator that ends the worker. */
async function supervise() {
  const agent = await RecordingServer.start();
  const worker = spawn(process.execPath, [file, 'worker'], {
    env: { ...process.env, DD_AGENT_HOST: '127.0.0.1', DD_DOGSTATSD_PORT: String(agent.port) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(worker, 'exit');
  await once(worker, 'message'); // busy
  worker.kill('SIGTERM');
  const [{ count }] = await once(worker, 'message');
  assert.deepEqual(await ended, [0, null]);

  const arrived = () => agent.recorded.counter('shop.jobs.done');
  await agent.waitFor(() => arrived() >= count);
  const failed = agent.recorded.counter('shop.jobs.done', { error: 'EMAILFULL' });
  console.log(`${count} jobs until SIGTERM, ${arrived()} of them arrived, ${failed} had failed`);
  assert.equal(arrived(), count);
  assert.equal(agent.recorded.timings('shop.jobs.run', { worker: 'mail' }).length, count);
  assert.equal(agent.recorded.gauge('shop.jobs.active'), 0);
  await agent.stop();
}
