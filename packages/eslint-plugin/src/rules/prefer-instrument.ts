import type { Rule } from 'eslint';
import type { Node } from 'estree';
import { ExpressionReader } from '../reading/expression-reader.js';
import { literalText } from '../reading/literal-text.js';
import {
  type MetricsCall,
  type MetricsCallOptions,
  MetricsCalls,
  metricsCallSchema,
} from '../reading/metrics-calls.js';
import { optionsOf } from '../reading/tags-of-call.js';

/** Suggests to declare a metric that a file records more than once through a verb, with tags whose keys are written out. */
export const preferInstrument: Rule.RuleModule = {
  meta: {
    type: 'suggestion',
    docs: {
      description: 'prefer a declared instrument for a metric that is recorded repeatedly',
      recommended: false,
      url: 'packages/eslint-plugin/README.md#prefer-instrument',
    },
    schema: [{ type: 'object', properties: metricsCallSchema, additionalProperties: false }],
    messages: {
      declare:
        "Metric '{{key}}' is recorded {{count}} times in this file. Declare it once, `{{define}}('{{key}}', { tags: [{{tags}}] })`: its tags are then typed, and every call agrees on them.",
    },
  },
  create(context) {
    const { sourceCode } = context;
    const reader = new ExpressionReader(sourceCode);
    const calls = new MetricsCalls(reader, context.options[0] as MetricsCallOptions | undefined);
    /** By metrics object, as far as the file shows which that is, then by kind and key. */
    const metrics = new Map<Node | string, Map<string, Recorded>>();

    return {
      CallExpression(node) {
        const call = calls.onMetrics(node);
        const define = call && DEFINES.get(call.method);
        const key = call?.arguments[0] && literalText(reader.origin(call.arguments[0]));
        const tags = call && literalTags(call);
        if (define === undefined || key === undefined || tags === undefined) return;
        const receiver = sourceCode.getText(call!.receiver);
        const source = reader.origin(call!.receiver);
        const owner = source.type === 'Identifier' || source.type === 'MemberExpression' ? receiver : source;
        const ofOwner = metrics.get(owner) ?? new Map<string, Recorded>();
        metrics.set(owner, ofOwner);
        const id = `${define} ${key}`;
        const recorded = ofOwner.get(id) ?? { key, define: `${receiver}.${define}`, nodes: [], tags: new Set() };
        ofOwner.set(id, recorded);
        recorded.nodes.push(node);
        for (const tag of tags) recorded.tags.add(tag);
      },
      'Program:exit'() {
        for (const { key, define, nodes, tags } of [...metrics.values()].flatMap((each) => [...each.values()])) {
          if (nodes.length < 2) continue;
          const data = {
            key,
            define,
            count: String(nodes.length),
            tags: [...tags].map((tag) => `'${tag}'`).join(', '),
          };
          for (const node of nodes) context.report({ node, messageId: 'declare', data });
        }
      },
    };

    /** The keys of a call's tags; `undefined` where they are not written out, or where an instrument takes less. */
    function literalTags(call: MetricsCall): readonly string[] | undefined {
      for (const options of optionsOf(call)) {
        if (!writtenKeys(options)?.every((option) => INSTRUMENT_OPTIONS.has(option))) continue;
        const tags = reader.entry(options, 'tags');
        return tags && writtenKeys(tags);
      }
      return undefined;
    }

    function writtenKeys(expression: Node): readonly string[] | undefined {
      const object = reader.origin(expression);
      if (object.type !== 'ObjectExpression') return undefined;
      const keys = object.properties.map((each) => (each.type === 'Property' ? reader.propertyName(each) : undefined));
      return keys.every((key) => key !== undefined) ? keys : undefined;
    }
  },
};

interface Recorded {
  readonly key: string;
  readonly define: string;
  readonly nodes: Node[];
  readonly tags: Set<string>;
}

const DEFINES: ReadonlyMap<string, string> = new Map([
  ['incr', 'defineCounter'],
  ['gauge', 'defineGauge'],
  ['timing', 'defineTiming'],
  ['timer', 'defineTiming'],
  ['distribution', 'defineDistribution'],
  ['set', 'defineSet'],
]);

/** What a definition or a call of an instrument takes; it has no `instance`, `sampleRate` and `timestamp`. */
const INSTRUMENT_OPTIONS: ReadonlySet<string> = new Set(['tags', 'unit', 'internal']);
