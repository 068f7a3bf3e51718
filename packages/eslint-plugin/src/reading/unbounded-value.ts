import { tagSeverity } from '@metrics/core';
import type { CallExpression, MemberExpression, Node } from 'estree';
import type { ExpressionReader } from './expression-reader.js';
import { literalText } from './literal-text.js';
import { unwrapped } from './unwrap.js';
import { words } from './words.js';

/** Why a value has no bound; rules have one message for each. */
type UnboundedReason = 'identifier' | 'alwaysNew' | 'rawUrl' | 'errorText' | 'builtText';

export interface UnboundedValue {
  readonly reason: UnboundedReason;
  readonly node: Node;
}

/** The part of an expression that gives it a new value again and again; `undefined` where nothing looks like it. */
export function unboundedValue(expression: Node, reader: ExpressionReader): UnboundedValue | undefined {
  return find(expression, new Set());

  function find(written: Node, seen: Set<Node>): UnboundedValue | undefined {
    const node = reader.origin(written);
    if (seen.has(node)) return undefined;
    seen.add(node);
    const reason = reasonOf(node, reader);
    if (reason !== undefined) return { reason, node: written };
    for (const part of partsOf(node, reader)) {
      const found = find(part, seen);
      // Of a text built from texts, the whole.
      if (found) return found.reason === 'builtText' && isText(node) ? { reason: 'builtText', node: written } : found;
    }
    if (reader.isConstant(node)) return undefined;
    if (isText(node)) return { reason: 'builtText', node: written };
    // `const requestId = next()` says it by its name.
    const isIdentifier = [written, node].some((each) => tagSeverity(reader.lastName(each)) === 'never');
    if (!isIdentifier || isOfRoute(node, reader)) return undefined;
    return { reason: /^url$/i.test(reader.lastName(written)) ? 'rawUrl' : 'identifier', node: written };
  }
}

/** Calls that answer something new each time, by the last name: `crypto.randomUUID()`, `uuidv4()`. */
const GENERATOR = /^(?:random(?:UUID|Bytes|Int)|uuid(?:v[1-8])?|(?:monotonic)?ulid|nanoid|cuid2?|ksuid|createId)$/i;
/** `uuid.v4()`, or by its own import. */
const UUID_VERSION = /^v[1-8]$/;
const CLOCKS: ReadonlySet<string> = new Set([
  'Date.now',
  'performance.now',
  'Math.random',
  'process.hrtime',
  'hrtime.bigint',
]);
/** What makes another text of a value and adds no bound. */
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
/** Operators whose result varies as much as their operands do; `%` and comparisons give few values. */
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/']);
const REQUESTS: ReadonlySet<string> = new Set(['req', 'request']);
const URL_PARTS: ReadonlySet<string> = new Set(['url', 'originalUrl', 'href', 'path', 'pathname', 'search']);
/** Objects other than requests with a URL in them. */
const LOCATIONS: ReadonlySet<string> = new Set(['location', 'url']);
const ERRORS: ReadonlySet<string> = new Set(['e', 'err', 'error', 'ex', 'exception', 'reason']);

function reasonOf(node: Node, reader: ExpressionReader): UnboundedReason | undefined {
  if (node.type === 'NewExpression')
    return reader.lastName(node.callee) === 'Date' && node.arguments.length === 0 ? 'alwaysNew' : undefined;
  if (node.type === 'CallExpression') return reasonOfCall(node, reader);
  if (node.type !== 'MemberExpression') return undefined;
  return reasonOfMember(node, reader);
}

function reasonOfCall(node: CallExpression, reader: ExpressionReader): UnboundedReason | undefined {
  const callee = unwrapped(node.callee);
  const { module, name = '' } = reader.imported(callee) ?? {};
  const method = name === '' ? reader.lastName(callee) : name;
  const object = callee.type === 'MemberExpression' ? reader.lastName(callee.object) : '';
  const isUuid = UUID_VERSION.test(method) && (module === 'uuid' || object === 'uuid');
  if (isUuid || GENERATOR.test(method) || CLOCKS.has(`${object}.${method}`)) return 'alwaysNew';
  // `request.get('x-request-id')`, `headers.get(…)`, `req.header(…)`
  const header = object !== '' && (method === 'get' || method === 'header') ? node.arguments[0] : undefined;
  return header && isIdentifyingHeader(literalText(header) ?? '') ? 'identifier' : undefined;
}

function reasonOfMember(node: MemberExpression, reader: ExpressionReader): UnboundedReason | undefined {
  const name = reader.lastName(node);
  const object = unwrapped(node.object);
  const objectName = reader.lastName(object);
  const isRequest = REQUESTS.has(objectName.toLowerCase());
  if (isRequest && name === 'id') return 'identifier';
  if (objectName === 'headers' && isIdentifyingHeader(name)) return 'identifier';
  if (URL_PARTS.has(name) && (isRequest || isLocation(object, reader))) return 'rawUrl';
  const isError = ERRORS.has(words(objectName).at(-1) ?? '') || isCaught(object, reader);
  return (name === 'message' || name === 'stack') && isError ? 'errorText' : undefined;
}

/** The expressions whose value this one may have, or whose text it holds. */
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
      const callee = unwrapped(node.callee);
      if (callee.type === 'Identifier') return callee.name === 'String' ? node.arguments : [];
      const converts = callee.type === 'MemberExpression' && CONVERSIONS.has(reader.lastName(callee));
      return converts ? [callee.object] : [];
    }
    default:
      return [];
  }
}

/** Whether a value is put together as text. A sum of numbers is not. */
function isText(node: Node): boolean {
  if (node.type === 'Literal') return typeof node.value === 'string';
  if (node.type === 'TemplateLiteral') return true;
  return (
    node.type === 'BinaryExpression' && node.operator === '+' && [node.left, node.right].some((side) => isText(side))
  );
}

/** `location.href`, `url.pathname`, `new URL(…).pathname` */
function isLocation(object: Node, reader: ExpressionReader): boolean {
  const made = reader.origin(object);
  if (made.type === 'NewExpression') return reader.lastName(made.callee) === 'URL';
  return LOCATIONS.has(reader.lastName(object).toLowerCase());
}

/** `req.route.url`, `request.routeOptions.url`: templates, just what a tag wants. */
function isOfRoute(node: Node, reader: ExpressionReader): boolean {
  return node.type === 'MemberExpression' && words(reader.lastName(node.object)).includes('route');
}

/** `x-request-id`, `X-Correlation-ID`, `traceparent`: what a header's name says, without the `x`. */
function isIdentifyingHeader(header: string): boolean {
  const [first, ...rest] = words(header);
  const name = (first === 'x' ? rest : words(header)).join('_');
  return name === 'traceparent' || tagSeverity(name) === 'never';
}

function isCaught(node: Node, reader: ExpressionReader): boolean {
  return node.type === 'Identifier' && reader.definition(node)?.type === 'CatchClause';
}
