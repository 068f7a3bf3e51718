import type { Node } from 'estree';

/** Removes syntax that does not change the value of an expression: `x as string`, `x!`, `a?.x`, `Object.freeze(x)`. */
export function unwrap(node: Node): Node {
  const { type, expression } = node as { type: string; expression?: Node };
  if (expression !== undefined && WRAPPER_TYPES.has(type)) return unwrap(expression);
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return node;
  const { object, property } = node.callee;
  const isFreeze = 'name' in object && object.name === 'Object' && 'name' in property && property.name === 'freeze';
  return isFreeze && node.arguments[0] ? unwrap(node.arguments[0]) : node;
}

const WRAPPER_TYPES: ReadonlySet<string> = new Set([
  'ChainExpression',
  'TSAsExpression',
  'TSInstantiationExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
]);
