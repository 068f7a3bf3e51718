import fc from 'fast-check';
import type { Point } from '../src/index.js';
import { createTestBackend, NOON } from './create-test-backend.js';

/** Small, so that many samples are at edges: they reach back 70 seconds, 6 minutes and 50 minutes. */
const ROLLUPS = [
  { step: 10, points: 6 },
  { step: 60, points: 5 },
  { step: 600, points: 4 },
];
const KINDS = ['counter', 'gauge', 'timing', 'set'] as const;
const SHARDS = ['a', 'b'] as const;

/** A sample as a naive database would keep it. */
interface Sample {
  readonly kind: (typeof KINDS)[number];
  readonly shard: string;
  readonly time: number;
  readonly value: number;
}

const shard = fc.constantFrom(...SHARDS);
const operation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('record'),
      kind: fc.constantFrom(...KINDS),
      shard,
      value: fc.integer({ min: 1, max: 1000 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('recordAt'),
      kind: fc.constantFrom('counter', 'gauge'),
      shard,
      value: fc.integer({ min: 1, max: 1000 }),
      // Less than the minute that is allowed, because with fractions of a second the limit depends on rounding.
      offset: fc.oneof(fc.integer({ min: -100, max: 59 }), fc.integer({ min: -3500, max: 59 })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('advance'),
      seconds: fc.oneof(
        { weight: 6, arbitrary: fc.double({ min: 0, max: 30, noNaN: true }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 900 }) },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('setBack'), seconds: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen'), kind: fc.constantFrom(...KINDS), shard }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flush') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('read'),
      age: fc.oneof(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 4000 })),
      length: fc.option(fc.integer({ min: 0, max: 4000 }), { nil: undefined }),
      step: fc.constantFrom(undefined, undefined, 10, 30, 60, 120, 600),
      kind: fc.constantFrom(...KINDS),
      shard: fc.option(shard, { nil: undefined }),
    }),
  },
);

test('every read equals one computed from a list of all samples, with late samples, edges of rollups and clocks set back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 86_400 }),
      fc.array(operation, { minLength: 20, maxLength: 200, size: 'max' }),
      async (offset, operations) => {
        const { backend, clock, open } = createTestBackend({ rollups: ROLLUPS });
        clock.seconds = NOON + offset;
        let latest = clock.seconds;
        const samples: Sample[] = [];
        const ids = new Map<string, number>();
        const idOf = (kind: Sample['kind'], name: string) => {
          const known = ids.get(kind + name) ?? open(kind, kind, { shard: name });
          ids.set(kind + name, known);
          return known;
        };
        for (const each of operations) {
          if (each.do === 'record') {
            const { kind, value } = each;
            const id = idOf(kind, each.shard);
            if (kind === 'counter') backend.incr(id, value);
            else if (kind === 'gauge') backend.gauge(id, value);
            else if (kind === 'timing') backend.timing(id, value);
            else backend.set(id, `user ${value}`);
            samples.push({ kind, shard: each.shard, time: clock.seconds, value });
          } else if (each.do === 'recordAt') {
            const kind = each.kind;
            const time = clock.seconds + each.offset;
            backend.recordAt(idOf(kind, each.shard), each.value, time);
            samples.push({ kind, shard: each.shard, time, value: each.value });
          } else if (each.do === 'advance') {
            clock.seconds += each.seconds;
            latest = Math.max(latest, clock.seconds);
          } else if (each.do === 'setBack') {
            // Set back further, the finest rollup would start over; another test covers that.
            clock.seconds = Math.max(clock.seconds - each.seconds, latest - 50);
          } else if (each.do === 'reopen') {
            const id = ids.get(each.kind + each.shard);
            if (id !== undefined) backend.release(id);
            ids.delete(each.kind + each.shard);
          } else if (each.do === 'flush') {
            await backend.flush();
          } else {
            const now = clock.seconds;
            const { kind, step } = each;
            const start = now - each.age;
            const end = each.length === undefined ? undefined : start + each.length;
            const tags = each.shard === undefined ? {} : { shard: each.shard };
            const wanted = samples.filter(
              (sample) => sample.kind === kind && (each.shard ?? sample.shard) === sample.shard,
            );
            const options = { start, end, step, tags };

            const fitting = ROLLUPS.filter((one) => step === undefined || step % one.step === 0);
            const reaching = fitting.filter((one) => oldest(one, now) <= start);
            const rollup = (step === undefined ? reaching[0] : reaching.at(-1)) ?? fitting.at(-1)!;
            const width = step ?? rollup.step;
            const first = Math.floor(Math.max(start, oldest(rollup, now)) / width) * width;
            const present = Math.floor(now / rollup.step) * rollup.step + rollup.step;
            const until = end === undefined ? present : Math.min(end, present + 60);
            const times: number[] = [];
            for (let time = first; time < until; time += width) times.push(time);
            // While the clock was ahead, new buckets replaced older ones.
            const kept = oldest(rollup, latest);

            const isKnown = (await backend.keys()).includes(kind);
            for (const statistic of statisticsOf(kind)) {
              const points = await backend.range(kind, { ...options, statistic });
              expect(points.map(([time]) => time)).toEqual(times);
              for (const [time, value] of points) {
                if (time < kept) continue;
                const within = wanted.filter((sample) => sample.time >= time && sample.time < time + width);
                compare(value, statistic, within, kind, isKnown);
              }
            }
            const groups = await backend.range(kind, { ...options, groupBy: 'shard' });
            for (const [name, points] of groups)
              expect(points).toEqual(await backend.range(kind, { ...options, tags: { shard: name, ...tags } }));
            await compareWhole();

            async function compareWhole(): Promise<void> {
              const whole = ROLLUPS.find((one) => oldest(one, now) <= start) ?? ROLLUPS.at(-1)!;
              const from = Math.floor(Math.max(start, oldest(whole, now)) / whole.step) * whole.step;
              const currentEnd = Math.floor(now / whole.step) * whole.step + whole.step;
              const limit = end === undefined ? currentEnd : Math.min(end, currentEnd + 60);
              const last = from + Math.max(0, Math.ceil((limit - from) / whole.step)) * whole.step;
              if (from < oldest(whole, latest)) return;
              const within = wanted.filter((sample) => sample.time >= from && sample.time < last);
              // Nothing of the range is kept: a counter's 0 would be a guess.
              if (end !== undefined && end > start && end <= from && (kind === 'counter' || !isKnown)) {
                await expect(backend.value(kind, { start, end, tags })).rejects.toThrow('is kept');
                return;
              }
              const value = await backend.value(kind, { start, end, tags });
              if (last > from) compare(value ?? null, statisticsOf(kind)[0], within, kind, isKnown);
              if (kind === 'counter') expect(await backend.sum(kind, { start, end, tags })).toBe(total(within));
              const top = await backend.top(kind, 'shard', 5, { start, end, tags });
              const counts = top.map((entry) => entry.value);
              expect(counts).toEqual(counts.toSorted((one, other) => other - one));
              if (kind === 'counter' && last > from)
                for (const { tagValue, value: count } of top)
                  expect(count).toBe(total(within.filter((one) => one.shard === tagValue)));
            }
          }
        }
        await backend.flush();
        const { too_old: tooOld = 0, ...others } = backend.stats().dropped;
        expect(others).toEqual({});
        expect(backend.stats()).toMatchObject({ accepted: samples.length, sent: samples.length - tooOld, pending: 0 });
        await backend.close({ timeout: 1000 });
      },
    ),
    { numRuns: 100 },
  );
});

function statisticsOf(kind: Sample['kind']) {
  if (kind === 'counter') return ['sum'] as const;
  if (kind === 'gauge') return ['last', 'min', 'max'] as const;
  return kind === 'set' ? (['count'] as const) : (['mean', 'count', 'sum', 'min', 'max', 'p50', 'p95'] as const);
}

function compare(
  value: Point[1],
  statistic: string,
  within: readonly Sample[],
  kind: Sample['kind'],
  isKnown: boolean,
): void {
  const values = within.map((sample) => sample.value);
  // A key without a history reads as a counter.
  if (kind === 'counter' || !isKnown) expect(value).toBe(total(within));
  else if (values.length === 0) expect(value).toBeNull();
  else if (statistic === 'count') expect(value).toBe(kind === 'set' ? new Set(values).size : values.length);
  else if (statistic === 'sum') expect(value).toBe(total(within));
  else if (statistic === 'mean') expect(value).toBeCloseTo(total(within) / values.length, 9);
  else if (statistic === 'min') expect(value).toBe(Math.min(...values));
  else if (statistic === 'max') expect(value).toBe(Math.max(...values));
  else if (statistic === 'last')
    expect(value).toBe(SHARDS.reduce((sum, name) => sum + lastOf(within.filter((one) => one.shard === name)), 0));
  else {
    const rank = Math.floor((Number(statistic.slice(1)) / 100) * (values.length - 1));
    const exact = [...values].sort((one, other) => one - other)[rank]!;
    expect(Math.abs(value! - exact)).toBeLessThanOrEqual(0.01 * exact);
  }
}

/** Returns the value of the latest bucket of the finest rollup; within it, the one recorded last. */
function lastOf(samples: readonly Sample[]): number {
  let last: Sample | undefined;
  for (const sample of samples)
    if (last === undefined || Math.floor(sample.time / 10) >= Math.floor(last.time / 10)) last = sample;
  return last?.value ?? 0;
}

function total(samples: readonly Sample[]): number {
  return samples.reduce((sum, sample) => sum + sample.value, 0);
}

function oldest({ step, points }: { step: number; points: number }, now: number): number {
  return Math.floor(now / step) * step - (points + 1) * step;
}
