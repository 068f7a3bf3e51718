import { matchesAny } from '@metrics/core/backend';
import type { CallExpression, MemberExpression, Node } from 'estree';
import type { ExpressionReader } from './expression-reader.js';
import { unwrap } from './unwrap.js';

/** The option that all rules share. */
export interface MetricsCallOptions {
  /**
   * Names of metrics objects: the last name before the method, so `metrics` also matches `this.metrics`. A `*` matches
   * any number of characters, anywhere in a name.
   *
   * @default ['metrics', '*Metrics', '*metrics']
   */
  readonly objects?: readonly string[] | undefined;
}

/** The properties of {@link MetricsCallOptions} in the JSON schema of a rule. */
export const metricsCallSchema = {
  objects: { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1, uniqueItems: true },
} as const;

/** A method call on a metrics object or an instrument. */
export interface MetricsCall {
  readonly receiver: Node;
  readonly method: string;
  readonly arguments: readonly Node[];
}

/** Recognizes calls on metrics objects and on declared instruments. */
export class MetricsCalls {
  readonly #reader: ExpressionReader;
  readonly #objects: readonly string[];

  constructor(reader: ExpressionReader, { objects = ['metrics', '*Metrics', '*metrics'] }: MetricsCallOptions = {}) {
    this.#reader = reader;
    this.#objects = objects;
  }

  /** Returns a call such as `metrics.incr(…)`; undefined for other nodes. */
  metricsCall(node: Node, seen: Set<Node> = new Set()): MetricsCall | undefined {
    const called = toMemberCall(node);
    const method = called && this.#reader.propertyName(called.callee);
    return method !== undefined && this.#isMetrics(called!.callee.object, seen)
      ? toMetricsCall(method, called!)
      : undefined;
  }

  /**
   * Returns a call on the result of another call, such as `counter.incr(…)`, with the call on the metrics object that
   * created it.
   */
  instrumentCall(node: Node): { readonly call: MetricsCall; readonly createdBy: MetricsCall } | undefined {
    const called = toMemberCall(node);
    const method = called && this.#reader.propertyName(called.callee);
    if (method === undefined) return undefined;
    const receiver = this.#reader.resolveExpression(called!.callee.object);
    const createdBy = this.metricsCall(receiver) ?? this.#gaugeOfObserver(receiver);
    return createdBy && { call: toMetricsCall(method, called!), createdBy };
  }

  /**
   * Returns the call that defines the gauge of an observer's parameter: `gauge.observe((each) => each.set(…))`, or
   * `metrics.defineGauge(key, { observe: (each) => … })`.
   */
  #gaugeOfObserver(receiver: Node): MetricsCall | undefined {
    const definition = receiver.type === 'Identifier' ? this.#reader.definition(receiver) : undefined;
    if (definition?.type !== 'Parameter') return undefined;
    const observer = definition.node as WithParent;
    const [parent, owner] = [observer.parent, observer.parent?.parent];
    if (parent?.type === 'CallExpression') {
      const called = toMemberCall(parent);
      const isObserve = called !== undefined && this.#reader.propertyName(called.callee) === 'observe';
      return isObserve ? this.metricsCall(this.#reader.resolveExpression(called.callee.object)) : undefined;
    }
    if (parent?.type !== 'Property' || this.#reader.propertyName(parent) !== 'observe') return undefined;
    return owner?.parent && this.metricsCall(owner.parent);
  }

  #isMetrics(written: Node, seen: Set<Node>): boolean {
    const node = this.#reader.resolveExpression(written);
    if (this.#isCollection(node)) return false;
    const isNamed = [written, node].some((each) => matchesAny(this.#objects, this.#reader.finalName(each)));
    if (isNamed) return true;
    if (this.#reader.importOf(node)?.name === 'metrics') return true;
    if (node.type !== 'CallExpression' || seen.has(node)) return false;
    if (this.#reader.finalName(node.callee) === 'createMetrics') return true;
    // Code can refer to itself: `const a = a.child()`.
    return this.metricsCall(node, seen.add(node))?.method === 'child';
  }

  /** Returns true if a node is created or declared as a `Map` or another collection. */
  #isCollection(node: Node): boolean {
    if (node.type === 'NewExpression') return COLLECTIONS.has(this.#reader.finalName(node.callee));
    if (node.type !== 'Identifier') return false;
    const declaration = this.#reader.definition(node)?.name as AnnotatedIdentifier | undefined;
    return COLLECTIONS.has(declaration?.typeAnnotation?.typeAnnotation.typeName?.name ?? '');
  }
}

/** Classes with their own method `set`, whose instances may be called `metrics`. */
const COLLECTIONS: ReadonlySet<string> = new Set(['FormData', 'Headers', 'Map', 'URLSearchParams', 'WeakMap']);

/** The properties that the TypeScript parser adds to an identifier. */
interface AnnotatedIdentifier {
  readonly typeAnnotation?: { readonly typeAnnotation: { readonly typeName?: { readonly name?: string } } };
}

/** A node as rules get it, with the one around it. */
type WithParent = Node & { readonly parent?: WithParent };

interface MemberCall {
  readonly call: CallExpression;
  readonly callee: MemberExpression;
}

function toMemberCall(call: Node): MemberCall | undefined {
  if (call.type !== 'CallExpression') return undefined;
  const callee = unwrap(call.callee);
  return callee.type === 'MemberExpression' ? { call, callee } : undefined;
}

function toMetricsCall(method: string, { call, callee }: MemberCall): MetricsCall {
  // The positions of arguments after `...args` are unknown.
  const spread = call.arguments.findIndex((argument) => argument.type === 'SpreadElement');
  const known = spread < 0 ? call.arguments : call.arguments.slice(0, spread);
  return { receiver: callee.object, method, arguments: known };
}
