// @ts-check
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createMetrics } from '@metrics/core';
import { DatadogMetricsBackend } from '@metrics/datadog';
import { median } from '../rounds.mjs';
import { formatNumber } from '../suite.mjs';
import { longestTurn } from '../turns.mjs';

const SERIES = 100_000;
const VALUES = 500_000;

/** @type {import('../suite.mjs').Suite} */
export const datadogFlush = {
  title: 'A flush to Datadog over HTTPS',
  about:
    'One flush of 100,000 counters and 500,000 values of a distribution to an intake in another process, over TLS, at its documented limits. The longest turn is what the flush holds the event loop for at a time; processor time of the thread is what the code takes, the clock has the rest of the machine in it.',
  async run({ short, progress }) {
    const intake = fork(fileURLToPath(new URL('../datadog-intake.mjs', import.meta.url)));
    const [{ url: baseUrl, ca }] = await once(intake, 'message');
    const backend = new DatadogMetricsBackend({ apiKey: 'key-of-the-benchmark', baseUrl, ca, processTag: false });
    const metrics = createMetrics({ backend, onError: console.error, cardinality: { mode: 'off' } });
    const counter = metrics.defineCounter('requests', { tags: ['method', 'route', 'status'] });
    const size = metrics.defineDistribution('size', { tags: ['route'] });
    const counters = Array.from({ length: SERIES }, (_, index) =>
      counter.with({ method: index % 10, route: Math.floor(index / 10) % 100, status: Math.floor(index / 1000) }),
    );
    const sizes = Array.from({ length: 50 }, (_, route) => size.with({ route }));

    counters[0]?.incr();
    // Loads the client of HTTPS.
    const start = await longestTurn(() => metrics.flush());
    await arrived(intake);
    const turns = [];
    let lost = 0;
    let broken = 0;
    const rounds = short ? 3 : 9;
    for (let round = 0; round < rounds; round += 1) {
      progress(`round ${round + 1} of ${rounds}`);
      for (const each of counters) each.incr();
      for (let index = 0; index < VALUES; index += 1) sizes[index % 50]?.record(Math.random() * 1000);
      const began = performance.now();
      const turn = await longestTurn(async () => {
        await metrics.flush();
        while (backend.stats().pending > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      });
      const seconds = (performance.now() - began) / 1000;
      const { delivered, requests, heaviest, violations } = await arrived(intake);
      lost += SERIES + VALUES - delivered;
      broken += violations;
      turns.push({ ...turn, seconds, requests, heaviest });
    }
    await metrics.close();
    intake.disconnect();
    const cpu = median(turns.map((turn) => turn.cpu));
    const rows = [
      ['longest turn, processor time, ms', formatNumber(cpu)],
      ['longest turn, clock, ms', formatNumber(median(turns.map(({ wall }) => wall)))],
      ['the whole flush, acknowledged, s', formatNumber(median(turns.map(({ seconds }) => seconds)))],
      ['requests', formatNumber(median(turns.map(({ requests }) => requests)))],
      ['heaviest of them, bytes', formatNumber(Math.max(...turns.map(({ heaviest }) => heaviest)))],
      ['samples not delivered', formatNumber(lost)],
      ['requests beyond a limit', formatNumber(broken)],
      ['first turn, which loads the client of HTTPS, processor time, ms', formatNumber(start.cpu)],
    ];
    const measurements = { 'datadog.turn': cpu, 'datadog.lost': lost, 'datadog.broken': broken };
    return { measurements, tables: [{ title: '100,000 counters, 500,000 values', columns: ['', 'median'], rows }] };
  },
};

/**
 * Resolves with what arrived since the last request.
 *
 * @param {import('node:child_process').ChildProcess} intake
 * @returns {Promise<{ delivered: number, requests: number, heaviest: number, violations: number }>}
 */
async function arrived(intake) {
  const reply = once(intake, 'message');
  intake.send('what arrived?');
  const [message] = await reply;
  return message;
}
