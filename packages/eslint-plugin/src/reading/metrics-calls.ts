import type { CallExpression, MemberExpression, Node } from 'estree';
import type { ExpressionReader } from './expression-reader.js';
import { unwrapped } from './unwrap.js';

export interface MetricsCallOptions {
  /**
   * What metrics objects are called: the last name before the method, so `metrics` is also `this.metrics`. A `*` stands
   * for the beginning of a name.
   *
   * @default ['metrics', '*Metrics', '*metrics']
   */
  readonly objects?: readonly string[] | undefined;
}

/** The part of a rule's JSON schema that is about {@link MetricsCallOptions}. */
export const metricsCallSchema = {
  objects: { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1, uniqueItems: true },
} as const;

export interface MetricsCall {
  readonly receiver: Node;
  readonly method: string;
  readonly arguments: readonly Node[];
}

/** Tells calls of a metrics object and of a declared instrument from all other calls. */
export class MetricsCalls {
  readonly #reader: ExpressionReader;
  readonly #objects: readonly string[];

  constructor(reader: ExpressionReader, { objects = ['metrics', '*Metrics', '*metrics'] }: MetricsCallOptions = {}) {
    this.#reader = reader;
    this.#objects = objects;
  }

  /** A call like `metrics.incr(…)`. */
  onMetrics(node: Node, seen: Set<Node> = new Set()): MetricsCall | undefined {
    const called = memberCall(node);
    const method = called && this.#reader.propertyName(called.callee);
    return method !== undefined && this.#isMetrics(called!.callee.object, seen) ? callOf(method, called!) : undefined;
  }

  /** A call of what another call on a metrics object gave, `counter.incr(…)` for example, and that other call. */
  onResult(node: Node): { readonly call: MetricsCall; readonly of: MetricsCall } | undefined {
    const called = memberCall(node);
    const method = called && this.#reader.propertyName(called.callee);
    if (method === undefined) return undefined;
    const of = this.onMetrics(this.#reader.origin(called!.callee.object));
    return of && { call: callOf(method, called!), of };
  }

  #isMetrics(written: Node, seen: Set<Node>): boolean {
    const node = this.#reader.origin(written);
    if (this.#isCollection(node)) return false;
    const isNamed = [written, node].some((each) => {
      const name = this.#reader.lastName(each);
      return this.#objects.some((object) => fits(name, object));
    });
    if (isNamed) return true;
    if (this.#reader.imported(node)?.name === 'metrics') return true;
    if (node.type !== 'CallExpression' || seen.has(node)) return false;
    if (this.#reader.lastName(node.callee) === 'createMetrics') return true;
    // `const a = a.child()` is a program, too.
    return this.onMetrics(node, seen.add(node))?.method === 'child';
  }

  /** Whether it is made as a `Map` or the like, or declared as one. */
  #isCollection(node: Node): boolean {
    if (node.type === 'NewExpression') return COLLECTIONS.has(this.#reader.lastName(node.callee));
    if (node.type !== 'Identifier') return false;
    const declaration = this.#reader.definition(node)?.name as Annotated | undefined;
    return COLLECTIONS.has(declaration?.typeAnnotation?.typeAnnotation.typeName?.name ?? '');
  }
}

/** What has a `set` of its own, and may be called metrics all the same. */
const COLLECTIONS: ReadonlySet<string> = new Set(['FormData', 'Headers', 'Map', 'URLSearchParams', 'WeakMap']);

/** What the TypeScript parser adds to an identifier. */
interface Annotated {
  readonly typeAnnotation?: { readonly typeAnnotation: { readonly typeName?: { readonly name?: string } } };
}

interface MemberCall {
  readonly call: CallExpression;
  readonly callee: MemberExpression;
}

function memberCall(call: Node): MemberCall | undefined {
  if (call.type !== 'CallExpression') return undefined;
  const callee = unwrapped(call.callee);
  return callee.type === 'MemberExpression' ? { call, callee } : undefined;
}

function callOf(method: string, { call, callee }: MemberCall): MetricsCall {
  // Behind `...args` it is not known which argument is which.
  const spread = call.arguments.findIndex((argument) => argument.type === 'SpreadElement');
  const known = spread < 0 ? call.arguments : call.arguments.slice(0, spread);
  return { receiver: callee.object, method, arguments: known };
}

function fits(name: string, pattern: string): boolean {
  return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern;
}
