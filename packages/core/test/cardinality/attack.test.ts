import { join } from 'node:path';
import { runProgram } from 'test-kit/run-program';

/** Megabytes that an attack of any length may leave in memory. */
const FLAT = 16;

/** Runs `attack` many times against a guarded facade, the first tenth to settle; returns the growth of memory and the counts of samples. */
async function runAttack(
  times: number,
  attack: string,
): Promise<{ grow: number; series: number; counted: number; dropped: number }> {
  const source = `
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext } from 'node:vm';
    import { createMetrics } from '@metrics/core';
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc');
    let counted = 0;
    const backend = {
      open() {}, release() {}, incr() { counted += 1; }, gauge() {}, timing() {}, distribution() {}, set() {},
      flush: async () => {}, close: async () => {}, stats: () => ({ accepted: 0, sent: 0, dropped: {}, pending: 0, sampledOut: 0 }),
    };
    const metrics = createMetrics({ backend, onError() {} });
    const attack = (i) => { ${attack} };
    for (let i = 0; i < ${times / 10}; i += 1) attack(i);
    gc();
    const before = process.memoryUsage();
    for (let i = ${times / 10}; i < ${times}; i += 1) attack(i);
    gc();
    const after = process.memoryUsage();
    const grow = (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 1e6;
    const dropped = Object.values(metrics.stats().dropped).reduce((sum, count) => sum + count, 0);
    console.log(JSON.stringify({ grow, series: metrics.stats().series, counted, dropped }));
    process.exit();
  `;
  const { output, code } = await runProgram(source, { cwd: join(__dirname, '..', '..'), timeout: 100_000 });
  expect([code, output]).toEqual([0, expect.stringContaining('{')]);
  return JSON.parse(output) as never;
}

it('two million values of one tag leave memory flat, and the other tag exact', async () => {
  const { grow, series, counted } = await runAttack(
    2_000_000,
    "metrics.incr('x', { tags: { route: '/users/' + i, status: i & 1 } });",
  );
  expect({ series, counted }).toEqual({ series: 502, counted: 2_000_000 });
  expect(grow).toBeLessThan(FLAT);
});

it.each([
  ['values of a dropped tag', "metrics.incr('x', { tags: { request_id: 'r' + i, status: i & 1 } });", 2],
  [
    'orders of the same tags',
    `
    const tags = {}; let n = i;
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    while (keys.length > 0) { const [key] = keys.splice(n % keys.length, 1); n = (n / 7) | 0; tags[key] = 1; }
    metrics.incr('x', { tags });`,
    1,
  ],
  ['tag keys', "metrics.incr('x', { tags: { ['k' + i]: 1 } });", 65],
  ['values of a megabyte', "metrics.incr('x', { tags: { body: String(i).padEnd(1e6, 'x') } });", 501],
  ['slices of a megabyte', "metrics.incr('x', { tags: { body: String(i).padEnd(1e6, 'x').slice(0, 50) } });", 501],
  [
    'combinations of values',
    "metrics.incr('x', { tags: { a: i % 499, b: (i / 499 | 0) % 499, c: (i * 7919) % 499 } });",
    10_000,
  ],
])('%s leave memory flat and every sample counted', async (name, attack, series) => {
  const times = name.includes('megabyte') ? 1500 : 200_000;
  const result = await runAttack(times, attack);
  expect(result).toMatchObject({ counted: times });
  expect(result.series).toBeLessThanOrEqual(series);
  expect(result.grow).toBeLessThan(FLAT);
});

it('metric names leave memory flat, and samples beyond the bound are counted as dropped', async () => {
  const { grow, counted, dropped } = await runAttack(1_000_000, "metrics.incr('name' + i);");
  expect([counted, dropped]).toEqual([5000, 995_000]);
  expect(grow).toBeLessThan(FLAT);
});
