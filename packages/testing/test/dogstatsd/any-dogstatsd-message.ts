import * as fc from 'fast-check';
import type { DogStatsdMessage } from '../../src/servers.js';

/** Generates every message that a client can send in exactly one way. */
export function anyMessage(): fc.Arbitrary<DogStatsdMessage> {
  return fc.oneof(
    optional({ type: fc.constant('c'), name, values, sampleRate, tags }, { ...origin, timestamp }),
    optional({ type: fc.constant('g'), name, values, sampleRate: fc.constant(1), tags }, { ...origin, timestamp }),
    optional({ type: fc.constantFrom('ms', 'h', 'd'), name, values, sampleRate, tags }, origin),
    optional({ type: fc.constant('s'), name, member: text(/[|:\\]/g), tags }, origin),
    optional(
      { type: fc.constant('_e'), title: freeText, text: fc.oneof(freeText, fc.constant('')), tags },
      {
        ...origin,
        timestamp,
        hostname: text(),
        aggregationKey: text(),
        priority: fc.constantFrom('normal', 'low'),
        sourceTypeName: text(),
        alertType: fc.constantFrom('error', 'warning', 'info', 'success'),
      },
    ),
    optional(
      { type: fc.constant('_sc'), name: text(), status: fc.constantFrom('ok', 'warning', 'critical', 'unknown'), tags },
      { ...origin, timestamp, hostname: text(), message: freeText.map((message) => message.replaceAll('|', '_')) },
    ),
  ) as fc.Arbitrary<DogStatsdMessage>;
}

type Shape = Record<string, fc.Arbitrary<unknown>>;

function optional(required: Shape, others: Shape): fc.Arbitrary<unknown> {
  return fc.record({ ...required, ...others }, { requiredKeys: Object.keys(required), noNullPrototype: true });
}

/** Generates one or more characters of any script, except those that are syntax. */
function text(syntax = /[|\\]/g): fc.Arbitrary<string> {
  return fc
    .string({
      unit: fc.oneof(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
        fc.constantFrom(':', '#', ',', '@', '{', '}', 'é', '🦊', 'm'),
      ),
      minLength: 1,
      maxLength: 20,
    })
    .map((any) => any.replace(syntax, '_').replace(/\p{Cc}/gu, '_'));
}

/** Generates text without backslashes, which cannot be escaped. */
const freeText = fc
  .array(fc.oneof(text(/\\/g), fc.constantFrom('\n', '|', 'm:', '\t', '|d:5')), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''));

const name = fc.string({ unit: fc.constantFrom(...'abcXYZ019._-/;={}!~'.split('')), minLength: 1, maxLength: 20 });

const number = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .filter((value) => !String(value).includes('e') && !Object.is(value, -0));

const values = fc.array(number, { minLength: 1, maxLength: 5 });

const sampleRate = fc
  .integer({ min: 1, max: 1000 })
  .filter((inverse) => Math.trunc(1 / (1 / inverse)) === inverse)
  .map((inverse) => 1 / inverse);

const timestamp = fc.integer({ min: 1, max: 9_999_999_999 });

const tags = fc
  .uniqueArray(fc.tuple(text(/[|,:\\]/g), fc.oneof(text(/[|,\\]/g), fc.constant(''))), {
    selector: ([key]) => key,
    maxLength: 4,
  })
  .map((pairs) => Object.assign(Object.create(null) as object, Object.fromEntries(pairs)));

const containerId = fc.string({
  unit: fc.constantFrom(...'0123456789abcdef-_'.split('')),
  minLength: 1,
  maxLength: 20,
});

const origin = {
  localData: fc.oneof(
    containerId.map((id) => `ci-${id}`),
    fc.integer({ min: 1 }).map((inode) => `in-${inode}`),
    containerId.map((id) => `ci-${id},in-5`),
    containerId.map((id) => `id${id}`),
  ),
  externalData: fc.constantFrom('it-false,cn-web,pu-75a2b6d5', 'x'),
  cardinality: fc.constantFrom('none', 'low', 'orchestrator', 'high'),
};
