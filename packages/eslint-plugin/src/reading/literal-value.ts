import type { Node } from 'estree';

/**
 * Returns the value of a literal, of a template without expressions or of an enum member, as a string; otherwise
 * undefined.
 */
export function literalValue(node: Node): string | undefined {
  if (node.type === 'Literal') return String(node.value);
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  // The types of estree have no enums.
  const { type, initializer } = node as { type: string; initializer?: Node };
  return type === 'TSEnumMember' && initializer !== undefined ? literalValue(initializer) : undefined;
}
