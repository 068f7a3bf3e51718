import type { Node } from 'estree';
import type { ExpressionReader, ObjectEntry } from './expression-reader.js';
import { literalText } from './literal-text.js';
import type { MetricsCall, MetricsCalls } from './metrics-calls.js';

export interface CallTags {
  /** The tags, each with a key and a value; also `instance`, which is bounded like one. */
  readonly tags: readonly ObjectEntry[];
  /** The tags that the instrument declares, by key: whether their values are listed. */
  readonly declared: ReadonlyMap<string, boolean>;
}

/** The tags written in a call on a metrics object, on an instrument that this file defines, or on a started timer. */
export function tagsOfCall(node: Node, calls: MetricsCalls, reader: ExpressionReader): CallTags | undefined {
  const direct = calls.onMetrics(node);
  if (direct !== undefined) {
    const options = optionsOf(direct).flatMap((each) => reader.entries(each));
    const tags = options.filter(({ name }) => name === 'tags').map(({ value }) => value);
    const instances = options.filter(({ name }) => name === 'instance');
    return {
      tags: [...tags, ...at(direct, TAGS_AT)].flatMap((each) => reader.entries(each)).concat(instances),
      declared: new Map(),
    };
  }
  const { call, of } = calls.onResult(node) ?? {};
  if (call === undefined || of === undefined) return undefined;
  if (of.method === 'startTimer' && call.method === 'stop')
    return { tags: call.arguments.slice(0, 1).flatMap((tags) => reader.entries(tags)), declared: new Map() };
  if (!of.method.startsWith('define')) return undefined;
  const declared = new Map(declaredTags(of, reader).map(({ key, isClosed }) => [key, isClosed]));
  return { tags: at(call, INSTRUMENT_TAGS_AT).flatMap((tags) => reader.entries(tags)), declared };
}

/** The arguments that hold `{ tags, … }`. */
export function optionsOf(call: MetricsCall): Node[] {
  return at(call, OPTIONS_AT);
}

/** The tags a `define…` call declares, as `tags: ['a', 'b']` or as `tags: { a: ['x', 'y'], b: anyValue }`. */
export function declaredTags(
  { arguments: [, definition] }: MetricsCall,
  reader: ExpressionReader,
): { readonly key: string; readonly node: Node; readonly isClosed: boolean }[] {
  const written = definition && reader.entry(definition, 'tags');
  if (written === undefined) return [];
  const tags = reader.origin(written);
  if (tags.type !== 'ArrayExpression')
    return reader.entries(tags).flatMap(({ name: key, key: node, value }) => {
      const isClosed = reader.origin(value).type === 'ArrayExpression';
      return key === undefined ? [] : [{ key, node, isClosed }];
    });
  return tags.elements.flatMap((node) => {
    const key = node ? literalText(reader.origin(node)) : undefined;
    return key === undefined ? [] : [{ key, node: node!, isClosed: false }];
  });
}

const OPTIONS_AT: ReadonlyMap<string, readonly number[]> = new Map([
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

/** Which argument is the tags. */
const TAGS_AT: ReadonlyMap<string, readonly number[]> = new Map([
  ['withTags', [0]],
  ['addTags', [0]],
]);

/** The same for the methods of instruments. */
const INSTRUMENT_TAGS_AT: ReadonlyMap<string, readonly number[]> = new Map([
  ['incr', [0, 1]],
  ['set', [1]],
  ['record', [1]],
  ['add', [1]],
  ['timer', [0]],
  ['with', [0]],
]);

function at(call: MetricsCall, positions: ReadonlyMap<string, readonly number[]>): Node[] {
  return (positions.get(call.method) ?? []).flatMap((index) => call.arguments[index] ?? []);
}
