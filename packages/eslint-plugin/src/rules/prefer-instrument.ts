import type { Rule } from 'eslint';
import type { Node } from 'estree';
import { ExpressionReader } from '../reading/expression-reader.js';
import { literalValue } from '../reading/literal-value.js';
import {
  type MetricsCall,
  type MetricsCallOptions,
  MetricsCalls,
  metricsCallSchema,
} from '../reading/metrics-calls.js';
import { optionsOf } from '../reading/tags-of-call.js';
import { ruleUrl } from './guide.js';

/** Suggests declaring a metric that a file records more than once by name, with tags whose keys are written out. */
export const preferInstrument: Rule.RuleModule = {
  meta: {
    type: 'suggestion',
    docs: {
      description: 'prefer a declared instrument for a metric that is recorded repeatedly',
      recommended: false,
      url: ruleUrl('prefer-instrument'),
    },
    schema: [{ type: 'object', properties: metricsCallSchema, additionalProperties: false }],
    messages: {
      declare:
        "Metric '{{key}}' is recorded {{count}} times in this file. Declare it once, `{{define}}('{{key}}', { tags: [{{tags}}] })`: then its tags are typed, and the same in every call.",
    },
  },
  create(context) {
    const { sourceCode } = context;
    const reader = new ExpressionReader(sourceCode);
    const calls = new MetricsCalls(reader, context.options[0] as MetricsCallOptions | undefined);
    /** Recorded metrics by metrics object, as far as the file shows which one it is, then by kind and key. */
    const metrics = new Map<Node | string, Map<string, RecordedMetric>>();

    return {
      CallExpression(node) {
        const call = calls.metricsCall(node);
        const define = call && DEFINE_METHODS.get(call.method);
        const key = call?.arguments[0] && literalValue(reader.resolveExpression(call.arguments[0]));
        const tags = call && literalTags(call);
        if (define === undefined || key === undefined || tags === undefined) return;
        const receiver = sourceCode.getText(call!.receiver);
        const source = reader.resolveExpression(call!.receiver);
        const owner = source.type === 'Identifier' || source.type === 'MemberExpression' ? receiver : source;
        const ofOwner = metrics.get(owner) ?? new Map<string, RecordedMetric>();
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

    /**
     * Returns the keys of the tags of a call; undefined if they are not written out, or if an instrument has fewer
     * options.
     */
    function literalTags(call: MetricsCall): readonly string[] | undefined {
      for (const options of optionsOf(call)) {
        if (!writtenKeys(options)?.every((option) => INSTRUMENT_OPTIONS.has(option))) continue;
        const tags = reader.entry(options, 'tags');
        return tags && writtenKeys(tags);
      }
      return undefined;
    }

    function writtenKeys(expression: Node): readonly string[] | undefined {
      const object = reader.resolveExpression(expression);
      if (object.type !== 'ObjectExpression') return undefined;
      const keys = object.properties.map((each) => (each.type === 'Property' ? reader.propertyName(each) : undefined));
      return keys.every((key) => key !== undefined) ? keys : undefined;
    }
  },
};

/** A metric that the file records. */
interface RecordedMetric {
  readonly key: string;
  readonly define: string;
  readonly nodes: Node[];
  readonly tags: Set<string>;
}

/** The methods that declare an instrument, by the method that records. */
const DEFINE_METHODS: ReadonlyMap<string, string> = new Map([
  ['incr', 'defineCounter'],
  ['gauge', 'defineGauge'],
  ['timing', 'defineTiming'],
  ['timer', 'defineTiming'],
  ['distribution', 'defineDistribution'],
  ['set', 'defineSet'],
]);

/** The options that instruments have, too. They have no `instance`, `sampleRate` and `timestamp`. */
const INSTRUMENT_OPTIONS: ReadonlySet<string> = new Set(['tags', 'unit', 'internal']);
