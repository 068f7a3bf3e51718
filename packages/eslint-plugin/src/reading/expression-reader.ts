import type { Scope, SourceCode } from 'eslint';
import type { ClassBody, Identifier, MemberExpression, Node } from 'estree';
import { literalValue } from './literal-value.js';
import { unwrap } from './unwrap.js';

/** A property of an object literal. */
export interface ObjectEntry {
  /** Undefined if it is only known at run time. */
  readonly name: string | undefined;
  readonly key: Node;
  readonly value: Node;
}

/** Resolves the expressions of one file, without types and without reading other files. */
export class ExpressionReader {
  readonly #sourceCode: SourceCode;

  constructor(sourceCode: SourceCode) {
    this.#sourceCode = sourceCode;
  }

  /**
   * Returns the expression that an expression refers to: the initializer of a constant, also through aliases and
   * members of constant objects, classes and enums; the specifier of an import; otherwise the expression itself.
   */
  resolveExpression(expression: Node, seen: Set<Node> = new Set()): Node {
    const node = unwrap(expression);
    // Code can refer to itself: `const a = a.b`.
    if (seen.has(node)) return node;
    seen.add(node);
    let next: Node | undefined;
    if (node.type === 'Identifier') next = this.#resolveIdentifier(node);
    else if (node.type === 'MemberExpression') next = this.#resolveMember(node, seen);
    return next === undefined ? node : this.resolveExpression(next, seen);
  }

  /**
   * Returns the name in `object.name`, `object['name']`, `{ name: … }` and `{ [NAME]: … }`. Private names start with
   * `#`.
   */
  propertyName(node: Node): string | undefined {
    // Enum members have an `id`. Reading other properties of them makes the parser warn.
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
    return literalValue(computed === true ? this.resolveExpression(name) : name);
  }

  /**
   * Returns `c` for `c`, `a.c`, `this.#c` and `a[0]!['c']`, and an empty string if an expression does not end with a
   * name.
   */
  finalName(expression: Node): string {
    const node = unwrap(expression);
    if (node.type === 'Identifier') return node.name;
    return node.type === 'MemberExpression' ? (this.propertyName(node) ?? '').replace('#', '') : '';
  }

  /** Returns the properties of an object literal of this file, with those of objects spread into it; otherwise none. */
  entries(expression: Node, seen: Set<Node> = new Set()): ObjectEntry[] {
    const object = this.resolveExpression(expression);
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

  /** Returns the value of a property of such an object. */
  entry(expression: Node, name: string): Node | undefined {
    return this.entries(expression).find((entry) => entry.name === name)?.value;
  }

  /**
   * Returns true if an expression has one of a few values that are written in the source: literals, constants, members
   * of constant objects and of enums, and strings built from those. Imports count as constant, because their files are
   * not read.
   */
  isConstant(expression: Node, seen: Set<Node> = new Set()): boolean {
    const node = this.resolveExpression(expression);
    // A node that was visited before is constant, or refers to itself.
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
        // The member is chosen at run time, or is in another file.
        const object = this.resolveExpression(node.object);
        if (object.type === 'ObjectExpression')
          return node.computed && areConstant(...this.entries(object).map(({ value }) => value));
        if (object.type === 'MemberExpression') return areConstant(object);
        return isImport(object) || (node.computed && enumMembers(object).length > 0);
      }
      default:
        return isImport(node) || (node.type as string) === 'TSEnumMember';
    }
  }

  /** Returns the module and the name that an expression is imported from. */
  importOf(expression: Node): { readonly module: string; readonly name: string } | undefined {
    const node = this.resolveExpression(expression);
    const declaration = isImport(node) ? this.#sourceCode.getAncestors(node).at(-1) : undefined;
    if (declaration?.type !== 'ImportDeclaration') return undefined;
    const name = node.type === 'ImportSpecifier' && 'name' in node.imported ? node.imported.name : '';
    return { module: String(declaration.source.value), name };
  }

  /** Returns the definition of a name, if it has exactly one. */
  definition(identifier: Identifier): Scope.Definition | undefined {
    const defs = this.#variable(identifier)?.defs;
    return defs?.length === 1 ? defs[0] : undefined;
  }

  #variable(identifier: Identifier): Scope.Variable | undefined {
    let scope: Scope.Scope | null = this.#sourceCode.getScope(identifier);
    while (scope !== null && !scope.set.has(identifier.name)) scope = scope.upper;
    return scope?.set.get(identifier.name);
  }

  #resolveIdentifier(identifier: Identifier): Node | undefined {
    const definition = this.definition(identifier);
    if (definition?.type === 'ImportBinding' || definition?.type === 'ClassName') return definition.node;
    // Only the scopes of the TypeScript parser have this type.
    if ((definition?.type as string) === 'TSEnumName') return definition?.node;
    if (definition?.type !== 'Variable' || definition.node.id.type !== 'Identifier') return undefined;
    const references = this.#variable(identifier)?.references ?? [];
    const isRewritten = references.some((reference) => reference.isWrite() && !reference.init);
    return isRewritten ? undefined : (definition.node.init ?? undefined);
  }

  #resolveMember(node: MemberExpression, seen: Set<Node>): Node | undefined {
    const name = this.propertyName(node);
    if (name === undefined) return undefined;
    const object = this.resolveExpression(node.object, seen);
    switch (object.type) {
      case 'ThisExpression': {
        const body = this.#sourceCode.getAncestors(node).findLast(({ type }) => type === 'ClassBody');
        return body && this.#fieldValue(body as ClassBody, name);
      }
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.#fieldValue(object.body, name);
      case 'ObjectExpression':
        return this.entry(object, name);
      default:
        return enumMembers(object).find((member) => this.propertyName(member) === name);
    }
  }

  /** Returns the initializer of a class field. */
  #fieldValue({ body }: ClassBody, name: string): Node | undefined {
    for (const member of body)
      if (member.type === 'PropertyDefinition' && this.propertyName(member) === name) return member.value ?? undefined;
    return undefined;
  }
}

/** Returns the members of an enum, and none for other nodes. */
function enumMembers(node: Node): readonly Node[] {
  // The types of estree have no enums.
  const { type, body } = node as { type: string; body?: { members?: readonly Node[] } };
  return type === 'TSEnumDeclaration' ? (body?.members ?? []) : [];
}

function isImport({ type }: Node): boolean {
  return type === 'ImportSpecifier' || type === 'ImportDefaultSpecifier' || type === 'ImportNamespaceSpecifier';
}
