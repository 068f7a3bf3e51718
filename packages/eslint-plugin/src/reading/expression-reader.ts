import type { Scope, SourceCode } from 'eslint';
import type { ClassBody, Identifier, MemberExpression, Node } from 'estree';
import { literalText } from './literal-text.js';
import { unwrapped } from './unwrap.js';

export interface ObjectEntry {
  /** `undefined` where it is only known at run time. */
  readonly name: string | undefined;
  readonly key: Node;
  readonly value: Node;
}

/** Tells what the expressions of a file stand for, as far as the file itself shows: no types, no other files. */
export class ExpressionReader {
  readonly #sourceCode: SourceCode;

  constructor(sourceCode: SourceCode) {
    this.#sourceCode = sourceCode;
  }

  /**
   * Where a value comes from: the initialiser behind constants, aliases and members of constant objects, classes and
   * enums; the specifier of an import; the name itself where it leads nowhere.
   */
  origin(expression: Node, seen: Set<Node> = new Set()): Node {
    const node = unwrapped(expression);
    // `const a = a.b` is a program, too.
    if (seen.has(node)) return node;
    seen.add(node);
    let next: Node | undefined;
    if (node.type === 'Identifier') next = this.#declaration(node);
    else if (node.type === 'MemberExpression') next = this.#member(node, seen);
    return next === undefined ? node : this.origin(next, seen);
  }

  /** The name in `object.name`, `object['name']`, `{ name: … }` and `{ [NAME]: … }`; private ones begin with `#`. */
  propertyName(node: Node): string | undefined {
    // Members of enums have an `id`, and nothing else should be asked of them: the parser warns.
    const { id } = node as { id?: Node };
    const { key, property, computed } = (id === undefined ? node : {}) as {
      key?: Node;
      property?: Node;
      computed?: boolean;
    };
    const name = id ?? key ?? property;
    if (name === undefined) return undefined;
    if (name.type === 'PrivateIdentifier') return `#${name.name}`;
    if (name.type === 'Identifier' && computed !== true) return name.name;
    return literalText(computed === true ? this.origin(name) : name);
  }

  /** `c` of `c`, `a.c`, `this.#c` and `a[0]!['c']`; empty where an expression ends in no name. */
  lastName(expression: Node): string {
    const node = unwrapped(expression);
    if (node.type === 'Identifier') return node.name;
    return node.type === 'MemberExpression' ? (this.propertyName(node) ?? '').replace('#', '') : '';
  }

  /** The entries of an object that is written in this file, those of spread ones too; none for anything else. */
  entries(expression: Node, seen: Set<Node> = new Set()): ObjectEntry[] {
    const object = this.origin(expression);
    if (object.type !== 'ObjectExpression' || seen.has(object)) return [];
    seen.add(object);
    const entries = object.properties.flatMap((property) =>
      property.type === 'Property'
        ? [{ name: this.propertyName(property), key: property.key, value: property.value }]
        : this.entries(property.argument, seen),
    );
    const last = new Map(entries.map((entry) => [entry.name, entry]));
    return entries.filter((entry) => entry.name === undefined || last.get(entry.name) === entry);
  }

  /** What such an object has under a name. */
  entry(expression: Node, name: string): Node | undefined {
    return this.entries(expression).find((entry) => entry.name === name)?.value;
  }

  /**
   * Whether an expression has one of a few values that are written in the sources: literals, constants, members of
   * constant objects and of enums, texts built from those. What is imported counts as constant, for its file is not read.
   */
  isConstant(expression: Node, seen: Set<Node> = new Set()): boolean {
    const node = this.origin(expression);
    // Seen and still here: it is constant, or refers to itself.
    if (seen.has(node)) return true;
    seen.add(node);
    const areConstant = (...parts: Node[]): boolean => parts.every((part) => this.isConstant(part, seen));
    switch (node.type) {
      case 'Literal':
        return true;
      case 'TemplateLiteral':
        return areConstant(...node.expressions);
      case 'BinaryExpression':
        return node.operator === '+' && areConstant(node.left, node.right);
      case 'ConditionalExpression':
        return areConstant(node.consequent, node.alternate);
      case 'LogicalExpression':
        return areConstant(node.left, node.right);
      case 'MemberExpression': {
        // A member that is chosen at run time, or that is in another file.
        const object = this.origin(node.object);
        if (object.type === 'ObjectExpression')
          return node.computed && areConstant(...this.entries(object).map(({ value }) => value));
        if (object.type === 'MemberExpression') return areConstant(object);
        return isImport(object) || (node.computed && enumMembers(object).length > 0);
      }
      default:
        return isImport(node) || (node.type as string) === 'TSEnumMember';
    }
  }

  /** The module and the name an expression is imported by. */
  imported(expression: Node): { readonly module: string; readonly name: string } | undefined {
    const node = this.origin(expression);
    const declaration = isImport(node) ? this.#sourceCode.getAncestors(node).at(-1) : undefined;
    if (declaration?.type !== 'ImportDeclaration') return undefined;
    const name = node.type === 'ImportSpecifier' && 'name' in node.imported ? node.imported.name : '';
    return { module: String(declaration.source.value), name };
  }

  /** What declares a name, if there is just one such place. */
  definition(identifier: Identifier): Scope.Definition | undefined {
    const defs = this.#variable(identifier)?.defs;
    return defs?.length === 1 ? defs[0] : undefined;
  }

  #variable(identifier: Identifier): Scope.Variable | undefined {
    let scope: Scope.Scope | null = this.#sourceCode.getScope(identifier);
    while (scope !== null && !scope.set.has(identifier.name)) scope = scope.upper;
    return scope?.set.get(identifier.name);
  }

  #declaration(identifier: Identifier): Node | undefined {
    const definition = this.definition(identifier);
    if (definition?.type === 'ImportBinding' || definition?.type === 'ClassName') return definition.node;
    // Only the TypeScript parser has this one.
    if ((definition?.type as string) === 'TSEnumName') return definition?.node;
    if (definition?.type !== 'Variable' || definition.node.id.type !== 'Identifier') return undefined;
    const references = this.#variable(identifier)?.references ?? [];
    const isRewritten = references.some((reference) => reference.isWrite() && !reference.init);
    return isRewritten ? undefined : (definition.node.init ?? undefined);
  }

  #member(node: MemberExpression, seen: Set<Node>): Node | undefined {
    const name = this.propertyName(node);
    if (name === undefined) return undefined;
    const object = this.origin(node.object, seen);
    switch (object.type) {
      case 'ThisExpression': {
        const body = this.#sourceCode.getAncestors(node).findLast(({ type }) => type === 'ClassBody');
        return body && this.#field(body as ClassBody, name);
      }
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.#field(object.body, name);
      case 'ObjectExpression':
        return this.entry(object, name);
      default:
        return enumMembers(object).find((member) => this.propertyName(member) === name);
    }
  }

  /** What a field of a class begins as. */
  #field({ body }: ClassBody, name: string): Node | undefined {
    for (const member of body)
      if (member.type === 'PropertyDefinition' && this.propertyName(member) === name) return member.value ?? undefined;
    return undefined;
  }
}

/** The members of an enum; of anything else none. */
function enumMembers(node: Node): readonly Node[] {
  // estree knows no enums.
  const { type, body } = node as { type: string; body?: { members?: readonly Node[] } };
  return type === 'TSEnumDeclaration' ? (body?.members ?? []) : [];
}

function isImport({ type }: Node): boolean {
  return type === 'ImportSpecifier' || type === 'ImportDefaultSpecifier' || type === 'ImportNamespaceSpecifier';
}
