import { tagSeverity } from '@metrics/core';
import type { Rule } from 'eslint';
import type { Node } from 'estree';
import { ExpressionReader, type ObjectEntry } from '../reading/expression-reader.js';
import { type MetricsCallOptions, MetricsCalls, metricsCallSchema } from '../reading/metrics-calls.js';
import { readDeclaredTags, tagsOfCall } from '../reading/tags-of-call.js';
import { unboundedValue } from '../reading/unbounded-value.js';
import { words } from '../reading/words.js';
import { ruleUrl, seeGuide } from './guide.js';

/** Options of `no-high-cardinality-tag`. */
export interface NoHighCardinalityTagOptions extends MetricsCallOptions {
  /** Tags that are never reported, in any spelling: `org_id` also allows `orgId`. @default [] */
  readonly allow?: readonly string[] | undefined;
}

/**
 * Reports tags with a value for each operation, user or request: each value is a series, and vendors charge for series.
 */
export const noHighCardinalityTag: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'disallow tags with too many values',
      recommended: true,
      url: ruleUrl('no-high-cardinality-tag'),
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
    messages: seeGuide({
      never:
        "Tag '{{tag}}' has a new value for each operation, and each value is a series to pay for. Remove the tag; its value belongs in a log or a trace.",
      avoid:
        "Tag '{{tag}}' has a value for each item of a growing set, and each value is a series to pay for. Remove the tag, or use a property with few values instead (a plan, a region). If it has few values, declare it or add '{{tag}}' to the option `allow`.",
      identifier:
        "Tag '{{tag}}' has the value `{{value}}`, which is new for each operation, and each value is a series to pay for. Remove the tag; its value belongs in a log or a trace.",
      alwaysNew:
        "Tag '{{tag}}' has the value `{{value}}`, which is new on each call, and each value is a series to pay for. Remove the tag; record a duration or a size as the value of a timing or a distribution.",
      rawUrl:
        "Tag '{{tag}}' has the value `{{value}}`, and each URL is a series to pay for. Use the template of the route, such as '/users/:id', from the router or from `routeTemplate` of @metrics/core/normalizers.",
      errorMessage:
        "Tag '{{tag}}' has the value `{{value}}`, and each message is a series to pay for. Use the name of the error: `errorName` of @metrics/core/normalizers.",
      builtString:
        "Tag '{{tag}}' has a value built from `{{value}}`, and each value is a series to pay for. Use one of a few values: a literal, a status class (`statusClass` of @metrics/core/normalizers), the template of a route. If it has few values, add '{{tag}}' to the option `allow`.",
    }),
  },
  create(context) {
    const { sourceCode } = context;
    // ESLint has checked the options against the schema.
    const { allow = [], objects } = (context.options[0] ?? {}) as NoHighCardinalityTagOptions;
    const reader = new ExpressionReader(sourceCode);
    const calls = new MetricsCalls(reader, { objects });
    const allowed = new Set(allow.map(canonicalKey));
    /** Reported nodes, because constant tags are checked in each call that uses them. */
    const reported = new Set<Node>();

    const report = (node: Node, messageId: string, tag: string): void => {
      if (reported.has(node)) return;
      reported.add(node);
      const text = sourceCode.getText(node).replaceAll(/\s+/g, ' ');
      const value = text.length > 60 ? `${text.slice(0, 60)}…` : text;
      context.report({ node, messageId, data: { tag, value } });
    };
    const check = ({ name: tag, key, value }: ObjectEntry, declared: ReadonlyMap<string, boolean>): void => {
      if (tag === undefined || allowed.has(canonicalKey(tag)) || declared.get(tag) === true) return;
      if (isAbsent(reader.resolveExpression(value))) return;
      const severity = declared.has(tag) ? undefined : tagSeverity(tag);
      if (severity !== undefined) return report(key, severity, tag);
      const unbounded = unboundedValue(value, reader);
      if (unbounded) report(unbounded.node, unbounded.reason, tag);
    };

    return {
      CallExpression(node) {
        const { tags = [], declared = new Map<string, boolean>() } = tagsOfCall(node, calls, reader) ?? {};
        for (const tag of tags) check(tag, declared);

        const definition = calls.metricsCall(node);
        if (!definition?.method.startsWith('define')) return;
        // Declaring a tag is a decision: only tags of severity `never` are reported, unless their values are listed.
        for (const { key, node: written, isClosed } of readDeclaredTags(definition, reader))
          if (!isClosed && !allowed.has(canonicalKey(key)) && tagSeverity(key) === 'never')
            report(written, 'never', key);
      },
    };
  },
};

/** Returns a tag key in the spelling in which keys are compared. */
function canonicalKey(tag: string): string {
  return words(tag).join('_');
}

/** Returns true for null and undefined: the facade omits such tags. */
function isAbsent(value: Node): boolean {
  return value.type === 'Literal'
    ? value.value === null && !('regex' in value)
    : value.type === 'Identifier' && value.name === 'undefined';
}
