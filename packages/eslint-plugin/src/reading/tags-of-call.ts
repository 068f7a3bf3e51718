import type { Node } from 'estree';
import type { ExpressionReader, ObjectEntry } from './expression-reader.js';
import { literalValue } from './literal-value.js';
import type { MetricsCall, MetricsCalls } from './metrics-calls.js';

/** The tags that a call records with. */
export interface CallTags {
  /** The tags, and `instance`, which must have few values, too. */
  readonly tags: readonly ObjectEntry[];
  /** The tags that the instrument declares: true for those whose values are listed. */
  readonly declared: ReadonlyMap<string, boolean>;
}

/** Returns the tags of a call on a metrics object, on an instrument that this file defines, or on a started timer. */
export function tagsOfCall(node: Node, calls: MetricsCalls, reader: ExpressionReader): CallTags | undefined {
  const direct = calls.metricsCall(node);
  if (direct !== undefined) {
    const options = optionsOf(direct).flatMap((each) => reader.entries(each));
    const tags = options.filter(({ name }) => name === 'tags').map(({ value }) => value);
    const instances = options.filter(({ name }) => name === 'instance');
    return {
      tags: [...tags, ...argumentsAt(direct, TAG_POSITIONS)].flatMap((each) => reader.entries(each)).concat(instances),
      declared: new Map(),
    };
  }
  const { call, createdBy } = calls.instrumentCall(node) ?? {};
  if (call === undefined || createdBy === undefined) return undefined;
  if (createdBy.method === 'startTimer' && call.method === 'stop')
    return { tags: call.arguments.slice(0, 1).flatMap((tags) => reader.entries(tags)), declared: new Map() };
  if (!createdBy.method.startsWith('define')) return undefined;
  const declared = new Map(readDeclaredTags(createdBy, reader).map(({ key, isClosed }) => [key, isClosed]));
  return { tags: argumentsAt(call, INSTRUMENT_TAG_POSITIONS).flatMap((tags) => reader.entries(tags)), declared };
}

/** Returns the arguments of the form `{ tags, … }`. */
export function optionsOf(call: MetricsCall): Node[] {
  return argumentsAt(call, OPTION_POSITIONS);
}

/**
 * Returns the tags that a `define…` call declares, as `tags: ['a', 'b']` or as `tags: { a: ['x', 'y'], b: anyValue }`.
 */
export function readDeclaredTags(
  { arguments: [, definition] }: MetricsCall,
  reader: ExpressionReader,
): { readonly key: string; readonly node: Node; readonly isClosed: boolean }[] {
  const written = definition && reader.entry(definition, 'tags');
  if (written === undefined) return [];
  const tags = reader.resolveExpression(written);
  if (tags.type !== 'ArrayExpression')
    return reader.entries(tags).flatMap(({ name: key, key: node, value }) => {
      const isClosed = reader.resolveExpression(value).type === 'ArrayExpression';
      return key === undefined ? [] : [{ key, node, isClosed }];
    });
  return tags.elements.flatMap((node) => {
    const key = node ? literalValue(reader.resolveExpression(node)) : undefined;
    return key === undefined ? [] : [{ key, node: node!, isClosed: false }];
  });
}

/** The positions of the options, by method. */
const OPTION_POSITIONS: ReadonlyMap<string, readonly number[]> = new Map([
  ['incr', [1, 2]],
  ['gauge', [2]],
  ['timing', [2]],
  ['distribution', [2]],
  ['set', [2]],
  ['timer', [1]],
  ['startTimer', [1]],
  ['wraps', [1]],
  ['timed', [1]],
  ['event', [0]],
  ['serviceCheck', [0]],
  ['register', [1]],
  ['child', [0]],
]);

/** The positions of the tags, by method. */
const TAG_POSITIONS: ReadonlyMap<string, readonly number[]> = new Map([
  ['withTags', [0]],
  ['addTags', [0]],
  ['setTags', [0]],
]);

/** The positions of the tags, by method of an instrument. */
const INSTRUMENT_TAG_POSITIONS: ReadonlyMap<string, readonly number[]> = new Map([
  ['incr', [0, 1]],
  ['set', [1]],
  ['record', [1]],
  ['add', [1]],
  ['timer', [0]],
  ['with', [0]],
]);

function argumentsAt(call: MetricsCall, positions: ReadonlyMap<string, readonly number[]>): Node[] {
  return (positions.get(call.method) ?? []).flatMap((index) => call.arguments[index] ?? []);
}
