import type { Node } from 'estree';

/** The expression without what changes nothing about its value: `x as string`, `x!`, `a?.x`, `Object.freeze(x)`. */
export function unwrapped(node: Node): Node {
  const { type, expression } = node as { type: string; expression?: Node };
  if (expression !== undefined && TRANSPARENT.has(type)) return unwrapped(expression);
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return node;
  const { object, property } = node.callee;
  const freezes = 'name' in object && object.name === 'Object' && 'name' in property && property.name === 'freeze';
  return freezes && node.arguments[0] ? unwrapped(node.arguments[0]) : node;
}

const TRANSPARENT: ReadonlySet<string> = new Set([
  'ChainExpression',
  'TSAsExpression',
  'TSInstantiationExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
]);
