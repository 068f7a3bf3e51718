import { tagSeverity } from '@metrics/core';
import type { CallExpression, MemberExpression, Node } from 'estree';
import type { ExpressionReader } from './expression-reader.js';
import { literalValue } from './literal-value.js';
import { unwrap } from './unwrap.js';
import { words } from './words.js';

/** The reason why a value is unbounded, which is also the id of a message. */
type UnboundedReason = 'identifier' | 'alwaysNew' | 'rawUrl' | 'errorMessage' | 'builtString';

/** An expression with an unbounded number of values. */
export interface UnboundedValue {
  readonly reason: UnboundedReason;
  readonly node: Node;
}

/** Returns the part of an expression that makes its values unbounded, or undefined if none does. */
export function unboundedValue(expression: Node, reader: ExpressionReader): UnboundedValue | undefined {
  return find(expression, new Set());

  function find(written: Node, seen: Set<Node>): UnboundedValue | undefined {
    const node = reader.resolveExpression(written);
    if (seen.has(node)) return undefined;
    seen.add(node);
    const reason = reasonOf(node, reader);
    if (reason !== undefined) return { reason, node: written };
    for (const part of partsOf(node, reader)) {
      const found = find(part, seen);
      // For a string that is built from built strings, report the whole.
      if (found) return found.reason === 'builtString' && isBuiltString(node) ? { ...found, node: written } : found;
    }
    if (reader.isConstant(node)) return undefined;
    if (isBuiltString(node)) return { reason: 'builtString', node: written };
    // The name of a constant can identify it: `const requestId = next()`.
    const isIdentifier = [written, node].some((each) => tagSeverity(reader.finalName(each)) === 'never');
    if (!isIdentifier || isOfRoute(node, reader)) return undefined;
    return { reason: /^url$/i.test(reader.finalName(written)) ? 'rawUrl' : 'identifier', node: written };
  }
}

/** Final names of functions that return a new value on each call: `crypto.randomUUID()`, `uuidv4()`. */
const GENERATOR = /^(?:random(?:UUID|Bytes|Int)|uuid(?:v[1-8])?|(?:monotonic)?ulid|nanoid|cuid2?|ksuid|createId)$/i;
/** Names of the functions of the package `uuid`, called as `uuid.v4()` or imported. */
const UUID_VERSION = /^v[1-8]$/;
/** Functions that return the time or a random number. */
const CLOCKS: ReadonlySet<string> = new Set([
  'Date.now',
  'performance.now',
  'Math.random',
  'process.hrtime',
  'hrtime.bigint',
]);
/** Methods that convert a value and do not bound it. */
const CONVERSIONS: ReadonlySet<string> = new Set([
  'getTime',
  'toISOString',
  'toJSON',
  'toLowerCase',
  'toString',
  'toUpperCase',
  'trim',
  'valueOf',
]);
/** Operators whose results vary as much as their operands. `%` and comparisons have few results. */
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/']);
/** Names of requests. */
const REQUESTS: ReadonlySet<string> = new Set(['req', 'request']);
/** Properties that contain a raw URL. */
const URL_PARTS: ReadonlySet<string> = new Set(['url', 'originalUrl', 'href', 'path', 'pathname', 'search']);
/** Names of objects, other than requests, that contain a URL. */
const LOCATIONS: ReadonlySet<string> = new Set(['location', 'url']);
/** Names of errors. */
const ERRORS: ReadonlySet<string> = new Set(['e', 'err', 'error', 'ex', 'exception', 'reason']);

function reasonOf(node: Node, reader: ExpressionReader): UnboundedReason | undefined {
  if (node.type === 'NewExpression')
    return reader.finalName(node.callee) === 'Date' && node.arguments.length === 0 ? 'alwaysNew' : undefined;
  if (node.type === 'CallExpression') return reasonOfCall(node, reader);
  if (node.type !== 'MemberExpression') return undefined;
  return reasonOfMember(node, reader);
}

function reasonOfCall(node: CallExpression, reader: ExpressionReader): UnboundedReason | undefined {
  const callee = unwrap(node.callee);
  const { module, name = '' } = reader.importOf(callee) ?? {};
  const method = name === '' ? reader.finalName(callee) : name;
  const object = callee.type === 'MemberExpression' ? reader.finalName(callee.object) : '';
  const isUuid = UUID_VERSION.test(method) && (module === 'uuid' || object === 'uuid');
  if (isUuid || GENERATOR.test(method) || CLOCKS.has(`${object}.${method}`)) return 'alwaysNew';
  // Such as `request.get('x-request-id')`, `headers.get(…)`, `req.header(…)`.
  const header = object !== '' && (method === 'get' || method === 'header') ? node.arguments[0] : undefined;
  return header && isIdentifyingHeader(literalValue(header) ?? '') ? 'identifier' : undefined;
}

function reasonOfMember(node: MemberExpression, reader: ExpressionReader): UnboundedReason | undefined {
  const name = reader.finalName(node);
  const object = unwrap(node.object);
  const objectName = reader.finalName(object);
  const isRequest = REQUESTS.has(objectName.toLowerCase());
  if (isRequest && name === 'id') return 'identifier';
  if (objectName === 'headers' && isIdentifyingHeader(name)) return 'identifier';
  if (URL_PARTS.has(name) && (isRequest || isLocation(object, reader))) return 'rawUrl';
  const isError = ERRORS.has(words(objectName).at(-1) ?? '') || isCaught(object, reader);
  return (name === 'message' || name === 'stack') && isError ? 'errorMessage' : undefined;
}

/** Returns the expressions whose value an expression may have, or contains as a string. */
function partsOf(node: Node, reader: ExpressionReader): Node[] {
  switch (node.type) {
    case 'ConditionalExpression':
      return [node.consequent, node.alternate];
    case 'LogicalExpression':
      return [node.left, node.right];
    case 'AwaitExpression':
      return [node.argument];
    case 'TemplateLiteral':
      return node.expressions;
    case 'BinaryExpression':
      return ARITHMETIC.has(node.operator) ? [node.left, node.right] : [];
    case 'CallExpression': {
      const callee = unwrap(node.callee);
      if (callee.type === 'Identifier') return callee.name === 'String' ? node.arguments : [];
      const converts = callee.type === 'MemberExpression' && CONVERSIONS.has(reader.finalName(callee));
      return converts ? [callee.object] : [];
    }
    default:
      return [];
  }
}

/** Returns true if a value is a string built from parts. A sum of numbers is not. */
function isBuiltString(node: Node): boolean {
  if (node.type === 'Literal') return typeof node.value === 'string';
  if (node.type === 'TemplateLiteral') return true;
  return (
    node.type === 'BinaryExpression' &&
    node.operator === '+' &&
    [node.left, node.right].some((side) => isBuiltString(side))
  );
}

/** Recognizes the object in `location.href`, `url.pathname` and `new URL(…).pathname`. */
function isLocation(object: Node, reader: ExpressionReader): boolean {
  const created = reader.resolveExpression(object);
  if (created.type === 'NewExpression') return reader.finalName(created.callee) === 'URL';
  return LOCATIONS.has(reader.finalName(object).toLowerCase());
}

/** Recognizes `req.route.url` and `request.routeOptions.url`, which are templates of routes and have few values. */
function isOfRoute(node: Node, reader: ExpressionReader): boolean {
  return node.type === 'MemberExpression' && words(reader.finalName(node.object)).includes('route');
}

/** Returns true for headers that identify a request: `x-request-id`, `X-Correlation-ID`, `traceparent`. */
function isIdentifyingHeader(header: string): boolean {
  const [first, ...rest] = words(header);
  const name = (first === 'x' ? rest : words(header)).join('_');
  return name === 'traceparent' || tagSeverity(name) === 'never';
}

function isCaught(node: Node, reader: ExpressionReader): boolean {
  return node.type === 'Identifier' && reader.definition(node)?.type === 'CatchClause';
}
