import fc from 'fast-check';
import { hostileNumber, hostileString } from './hostile.js';
import { waitUntil } from './wait-until.js';

type Kind = 'counter' | 'gauge' | 'timing' | 'distribution' | 'set';

/** Calls for one series. Nothing in it is trusted. */
export interface HostileCalls {
  readonly kind: Kind;
  readonly key: string;
  readonly tags: Readonly<Record<string, string | number>>;
  readonly instance: string;
  readonly values: readonly (number | string)[];
}

export const hostileCalls: fc.Arbitrary<HostileCalls[]> = fc.array(
  fc.constantFrom<Kind>('counter', 'gauge', 'timing', 'distribution', 'set').chain(
    (kind): fc.Arbitrary<HostileCalls> =>
      fc.record({
        kind: fc.constant(kind),
        key: hostileString,
        tags: fc.dictionary(
          hostileString.filter((key) => key !== ''),
          fc.oneof(hostileString, hostileNumber),
          { maxKeys: 4 },
        ),
        instance: hostileString,
        values: fc.array<number | string>(kind === 'set' ? hostileString : hostileNumber, {
          minLength: 1,
          maxLength: 4,
        }),
      }),
  ),
  { minLength: 1, maxLength: 12 },
);

/** A sample that arrived, as the conformance suite of @metrics/testing reads it. */
interface DeliveredSample {
  readonly name: string;
  readonly value?: number | undefined;
  readonly member?: string | undefined;
  readonly sampleRate?: number | undefined;
}

interface Fixture {
  readonly backend: {
    stats(): { accepted: number; sent: number; pending: number; dropped: Readonly<Record<string, number>> };
  };
  /** Reads strictly: throws for anything that a server might read in another way. */
  readonly delivered: () => { samples: readonly DeliveredSample[] } | Promise<{ samples: readonly DeliveredSample[] }>;
}

/** The facade, as callers without types see it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the kit imports no package of the workspace
type Untyped = any;

const VERBS = { counter: 'incr', gauge: 'gauge', timing: 'timing', distribution: 'distribution', set: 'set' } as const;

/**
 * Records the calls through a facade and compares what arrives. Each name begins with the number of its call, which no
 * encoder changes, so that a forged line or a value under another name is found.
 *
 * @param carries the kinds that arrive as they are.
 * @param isCarried returns false for a value that the protocol does not have, and that is dropped.
 */
export async function expectExactDelivery(
  metrics: Untyped,
  { backend, delivered }: Fixture,
  calls: readonly HostileCalls[],
  carries: readonly Kind[],
  isCarried: (kind: Kind, value: number | string) => boolean = () => true,
): Promise<void> {
  for (const [index, { kind, key, tags, instance, values }] of calls.entries())
    for (const value of values) metrics[VERBS[kind]](`s${index}x${key}`, value, { tags, instance });
  await metrics.flush();
  const expected = calls.map(({ kind, values }) =>
    carries.includes(kind)
      ? summarize(
          kind,
          values.filter((value) => isValid(kind, value) && isCarried(kind, value)),
        )
      : '',
  );
  let found: string[] = [];
  const read = async (): Promise<boolean> => {
    const { samples } = await delivered();
    const byCall = calls.map((): DeliveredSample[] => []);
    for (const sample of samples) {
      const index = /^s(\d+)x/.exec(sample.name)?.[1];
      const ofCall = byCall[Number(index)];
      if (ofCall === undefined) throw new Error(`A forged sample: ${JSON.stringify(sample)}`);
      ofCall.push(sample);
    }
    found = byCall.map((ofCall, index) => {
      const { kind } = calls[index]!;
      if (!carries.includes(kind)) return '';
      return summarize(
        kind,
        ofCall.map(({ value, member, sampleRate = 1 }) => member ?? value! / (kind === 'counter' ? sampleRate : 1)),
      );
    });
    // A sum that overflows is dropped, and counted, by backends that add up.
    return found.every((text, index) => text === expected[index] || expected[index] === 'overflow');
  };
  await waitUntil(read, () =>
    calls
      .map((call, index) => ({ ...call, expected: expected[index], found: found[index] }))
      .filter((call) => call.expected !== call.found),
  );
  const { accepted, sent, pending, dropped } = backend.stats();
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  if (accepted !== sent + lost + pending) throw new Error(`Not accounted for: ${JSON.stringify(backend.stats())}`);
}

function isValid(kind: Kind, value: number | string): boolean {
  return typeof value === 'string' || (Number.isFinite(value) && (kind !== 'timing' || value >= 0));
}

/** Returns what must be equal before and after: a sum, the last value, all values, or the number of members. */
function summarize(kind: Kind, values: readonly (number | string)[]): string {
  if (values.length === 0) return '';
  if (kind === 'set') return `${new Set(values.map((value) => String(value).toWellFormed())).size} members`;
  const numbers = values as readonly number[];
  // Minus zero is zero.
  const text = (value: number): string => `${value + 0}`;
  if (kind === 'gauge') return text(numbers.at(-1)!);
  if (kind !== 'counter') return numbers.map(text).toSorted().join();
  let sum = 0;
  let isFinite = true;
  for (const value of numbers) isFinite &&= Number.isFinite((sum += value));
  if (!isFinite) return 'overflow';
  return sum.toPrecision(12);
}
