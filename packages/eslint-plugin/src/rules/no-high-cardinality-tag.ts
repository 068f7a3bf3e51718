import { tagSeverity } from '@metrics/core';
import type { Rule } from 'eslint';
import type { Node } from 'estree';
import { ExpressionReader, type ObjectEntry } from '../reading/expression-reader.js';
import { type MetricsCallOptions, MetricsCalls, metricsCallSchema } from '../reading/metrics-calls.js';
import { declaredTags, tagsOfCall } from '../reading/tags-of-call.js';
import { unboundedValue } from '../reading/unbounded-value.js';
import { words } from '../reading/words.js';

export interface NoHighCardinalityTagOptions extends MetricsCallOptions {
  /** Tags that are not looked at, in any spelling: `org_id` is also `orgId`. @default [] */
  readonly allow?: readonly string[] | undefined;
}

/** Reports tags with a value for each operation, user or request: each value is a series, and series cost money. */
export const noHighCardinalityTag: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'disallow tags with too many values',
      recommended: true,
      url: 'packages/eslint-plugin/README.md#no-high-cardinality-tag',
    },
    schema: [
      {
        type: 'object',
        properties: {
          ...metricsCallSchema,
          allow: { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true },
        },
        additionalProperties: false,
      },
    ],
    messages: {
      never:
        "Tag '{{tag}}' has a new value for each operation, and each value is a series to pay for. Leave it out; it belongs into a log or a trace. See docs/cardinality.md.",
      avoid:
        "Tag '{{tag}}' has a value for each of something that grows, and each value is a series to pay for. Leave it out or tag what it has in common with others (a plan, a region); where few values are certain, declare it or put '{{tag}}' into the option `allow`. See docs/cardinality.md.",
      identifier:
        "Tag '{{tag}}' gets `{{value}}`, which is new for each operation, and each value is a series to pay for. Leave it out; it belongs into a log or a trace. See docs/cardinality.md.",
      alwaysNew:
        "Tag '{{tag}}' gets `{{value}}`, which is new at each call, and each value is a series to pay for. Leave it out; record a duration or a size as the value of a timing or a distribution. See docs/cardinality.md.",
      rawUrl:
        "Tag '{{tag}}' gets `{{value}}`, and each address is a series to pay for. Use the template of the route, '/users/:id': the router knows it, `routeTemplate` of @metrics/core/normalizers makes it. See docs/cardinality.md.",
      errorText:
        "Tag '{{tag}}' gets `{{value}}`, and each text is a series to pay for. Use the name of the error: `errorName` of @metrics/core/normalizers. See docs/cardinality.md.",
      builtText:
        "Tag '{{tag}}' gets a text built from `{{value}}`, and each text is a series to pay for. Use a value from a short list: a literal, a status class (`statusClass` of @metrics/core/normalizers), the template of a route. Where it has few values, put '{{tag}}' into the option `allow`. See docs/cardinality.md.",
    },
  },
  create(context) {
    const { sourceCode } = context;
    // The schema made sure of it.
    const { allow = [], objects } = (context.options[0] ?? {}) as NoHighCardinalityTagOptions;
    const reader = new ExpressionReader(sourceCode);
    const calls = new MetricsCalls(reader, { objects });
    const allowed = new Set(allow.map(squashed));
    /** Constant tags are met in each call that uses them. */
    const reported = new Set<Node>();

    const report = (node: Node, messageId: string, tag: string): void => {
      if (reported.has(node)) return;
      reported.add(node);
      const text = sourceCode.getText(node).replaceAll(/\s+/g, ' ');
      const value = text.length > 60 ? `${text.slice(0, 60)}…` : text;
      context.report({ node, messageId, data: { tag, value } });
    };
    const check = ({ name: tag, key, value }: ObjectEntry, declared: ReadonlyMap<string, boolean>): void => {
      if (tag === undefined || allowed.has(squashed(tag)) || declared.get(tag) === true) return;
      if (isAbsent(reader.origin(value))) return;
      const severity = declared.has(tag) ? undefined : tagSeverity(tag);
      if (severity !== undefined) return report(key, severity, tag);
      const unbounded = unboundedValue(value, reader);
      if (unbounded) report(unbounded.node, unbounded.reason, tag);
    };

    return {
      CallExpression(node) {
        const { tags = [], declared = new Map<string, boolean>() } = tagsOfCall(node, calls, reader) ?? {};
        for (const tag of tags) check(tag, declared);

        const definition = calls.onMetrics(node);
        if (!definition?.method.startsWith('define')) return;
        // To declare a tag is to know what it costs; only what never works is reported, unless its values are listed.
        for (const { key, node: written, isClosed } of declaredTags(definition, reader))
          if (!isClosed && !allowed.has(squashed(key)) && tagSeverity(key) === 'never') report(written, 'never', key);
      },
    };
  },
};

function squashed(tag: string): string {
  return words(tag).join('_');
}

/** Tags without a value are left out. */
function isAbsent(value: Node): boolean {
  return value.type === 'Literal'
    ? value.value === null && !('regex' in value)
    : value.type === 'Identifier' && value.name === 'undefined';
}
