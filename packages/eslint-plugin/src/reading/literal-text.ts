import type { Node } from 'estree';

/** The text of a literal, of a template without expressions or of a member of an enum; `undefined` for all else. */
export function literalText(node: Node): string | undefined {
  if (node.type === 'Literal') return String(node.value);
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  // estree knows no enums.
  const { type, initializer } = node as { type: string; initializer?: Node };
  return type === 'TSEnumMember' && initializer !== undefined ? literalText(initializer) : undefined;
}
