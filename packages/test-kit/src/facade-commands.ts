import fc from 'fast-check';

export type Kind = 'counter' | 'gauge' | 'timing' | 'distribution' | 'set';

/** Anything that a caller without types may pass. */
export type Given = unknown;

/** The options of a registration that the model understands. */
export interface RegisteredOptions {
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sampleRate: number;
  readonly deny: readonly string[];
  readonly cardinality: {
    readonly mode: 'off' | 'report' | 'guard';
    readonly maxValuesPerTag: number;
    readonly idleAfter: number;
  };
}

/** Options of a call, valid or not. */
export interface CallOptions {
  readonly tags?: Given;
  readonly instance?: Given;
  readonly sampleRate?: Given;
  readonly timestamp?: Given;
}

/** One step of a model run. Plain data, so that a failure prints the steps that lead to it. */
export type Command =
  | { do: 'register'; options: RegisteredOptions; live: boolean; replace: boolean }
  | { do: 'dispose'; registration: number }
  | { do: 'close' }
  | { do: 'flush' }
  | { do: 'advance'; milliseconds: number }
  | {
      do: 'record';
      kind: Kind;
      scope: number;
      key: Given;
      value: Given;
      options: CallOptions | undefined;
      context: number;
    }
  | { do: 'time'; scope: number; key: string; throws: boolean; context: number }
  | { do: 'event' | 'serviceCheck'; scope: number; title: Given; tags: Given; context: number }
  | { do: 'define'; kind: Kind; scope: number; key: string; tags: Given; observed: Given }
  | { do: 'use'; instrument: number; value: Given; tags: Given; context: number }
  | { do: 'bind'; instrument: number; tags: Given }
  | { do: 'useHandle'; handle: number; value: Given };

/** Milliseconds until a series is idle, in every registration that releases idle series. */
const IDLE_AFTER = 10_000;

/** Prefixes and tags of the children, each a child of the one before. The first scope is the root. */
export const CHILDREN = [
  { prefix: 'c.', tags: { k: 'child' } },
  { prefix: '', tags: { l: 'deep', m: 'deep' } },
] as const;

/** Tags of the contexts that calls run in: none, one, and one in another. */
export const CONTEXTS = [[], [{ l: 'context' }], [{ l: 'context' }, { k: 'inner', user: 'u' }]] as const;

const kind = fc.constantFrom<Kind>('counter', 'gauge', 'timing', 'distribution', 'set');
const scope = fc.nat(CHILDREN.length);
const context = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(CONTEXTS.length - 1));
const index = fc.nat(7);

const key = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('x', 'y', 'z', 'c.x', 'debug.x', '__proto__') },
  { weight: 1, arbitrary: fc.constantFrom<Given>('', 7, undefined, 'k'.repeat(1001), 'lone\uD800') },
);
const number = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -3, max: 9 }) },
  { weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom<Given>(Number.NaN, Number.POSITIVE_INFINITY, null, '5', 5n, true) },
);
const member = fc.oneof(fc.constantFrom<Given>('a', 'b', 5, '', 'lone\uDC00', Number.NaN, null), fc.string());
const tagValue = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom<Given>('a', 'b', 'c', 'd', 'e', '__other__', 1, '1', true, 'true', '') },
  { weight: 2, arbitrary: fc.constantFrom<Given>(undefined, null) },
  { weight: 1, arbitrary: fc.constantFrom<Given>({}, [1], 1n, 'long'.repeat(60), 'lone\uD800', Number.NaN) },
);
const tagKey = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('k', 'l', 'm', 'user', 'result') },
  { weight: 1, arbitrary: fc.constantFrom('trace_id', '__proto__', 'constructor', '', '7', 'lone\uDC00') },
);
const tags = fc.oneof(
  { weight: 12, arbitrary: fc.dictionary(tagKey, tagValue, { maxKeys: 3 }) },
  { weight: 3, arbitrary: fc.constant<Given>(undefined) },
  { weight: 1, arbitrary: fc.constantFrom<Given>(null, [], ['a'], 'k:v', 7, new Map([['k', 'v']])) },
);
const callOptions = fc.option(
  fc.record(
    {
      tags,
      instance: fc.constantFrom<Given>('i', 'j', 'k', 'l', '', 3, null, undefined, {}),
      sampleRate: fc.constantFrom<Given>(1, 1, 1, 0.5, 2, 0, -1, Number.NaN, '1', undefined),
      timestamp: fc.constantFrom<Given>(undefined, undefined, 1_700_000_000, 0, 1.7e12, 'now'),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined, freq: 4 },
);

const anyOptions = fc.record({
  prefix: fc.constantFrom('', 'p.'),
  tags: fc.constantFrom<Readonly<Record<string, string>>>({}, { k: 'registered' }, { r: '1', l: 'a' }),
  sampleRate: fc.constantFrom(1, 1, 1, 0.25, 0),
  deny: fc.constantFrom<readonly string[]>([], [], ['debug.*']),
  cardinality: fc.record({
    mode: fc.constantFrom<'off' | 'report' | 'guard'>('off', 'report', 'guard', 'guard', 'guard'),
    maxValuesPerTag: fc.constantFrom(1, 3, 500),
    idleAfter: fc.constantFrom(0, IDLE_AFTER, IDLE_AFTER),
  }),
});

/** No idle series if nothing is kept: only the first use of a handle then marks its series as used. */
const options = anyOptions.map((given) =>
  given.sampleRate > 0 ? given : { ...given, cardinality: { ...given.cardinality, idleAfter: 0 } },
);

const declaredTags = fc.oneof(
  fc.subarray(['k', 'l', 'm', 'user', 'trace_id']),
  fc.constantFrom<Given>(undefined, { k: ['a', 'b'], l: '*' }, { m: ['deep', 'a'], k: ['child', 1, true] }),
);

const step: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('register' as const), options, live: fc.boolean(), replace: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('dispose' as const), registration: index }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'close' }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'flush' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      milliseconds: fc.constantFrom(1, 4000, 10_000, 25_000),
    }),
  },
  {
    weight: 20,
    arbitrary: kind.chain((chosen) =>
      fc.record({
        do: fc.constant('record' as const),
        kind: fc.constant(chosen),
        scope,
        key,
        value: chosen === 'set' ? member : number,
        options: callOptions,
        context,
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('time' as const),
      scope,
      key: fc.constantFrom('x', 't'),
      throws: fc.boolean(),
      context,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('event' as const, 'serviceCheck' as const),
      scope,
      title: fc.constantFrom<Given>('title', 'x', '', 7, undefined),
      tags,
      context,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('define' as const),
      kind,
      scope,
      key: fc.constantFrom('x', 'y', 'z', 'd1', 'd2', 'd3', 'debug.d'),
      tags: declaredTags,
      observed: fc.constantFrom<Given>(undefined, undefined, undefined, 1, -2.5, Number.NaN, 'skip', 'throw'),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('use' as const),
      instrument: index,
      value: fc.oneof(number, member),
      tags,
      context,
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('bind' as const), instrument: index, tags }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('useHandle' as const), handle: index, value: fc.oneof(number, member) }),
  },
);

/** Steps of a run, which mostly starts with a registration. */
export const commands: fc.Arbitrary<Command[]> = fc.array(step, { maxLength: 60, size: 'max' });
