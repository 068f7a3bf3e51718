import type { Rule } from 'eslint';
import { ExpressionReader } from '../reading/expression-reader.js';
import { type MetricsCallOptions, MetricsCalls, metricsCallSchema } from '../reading/metrics-calls.js';
import { ruleUrl, seeGuide } from './guide.js';

/**
 * Reports metric names that are not written in the source: they cannot be searched for, and their number is unbounded.
 */
export const noDynamicMetricName: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'require metric names to be constants',
      recommended: true,
      url: ruleUrl('no-dynamic-metric-name'),
    },
    schema: [{ type: 'object', properties: metricsCallSchema, additionalProperties: false }],
    messages: seeGuide({
      built:
        'The metric name is built from `{{name}}`, so each value is a separate metric that no dashboard shows and no search finds. Write the name out, and put the varying part into a tag.',
      unknown:
        'The metric name is `{{name}}`, which can have any value. Write the name out, or use a constant, a constant object or an enum.',
    }),
  },
  create(context) {
    const { sourceCode } = context;
    const reader = new ExpressionReader(sourceCode);
    const calls = new MetricsCalls(reader, context.options[0] as MetricsCallOptions | undefined);
    return {
      CallExpression(node) {
        const call = calls.metricsCall(node);
        const name = call && NAMED_METHODS.has(call.method) ? call.arguments[0] : undefined;
        if (name === undefined || reader.isConstant(name)) return;
        const { type } = reader.resolveExpression(name);
        const messageId = type === 'TemplateLiteral' || type === 'BinaryExpression' ? 'built' : 'unknown';
        context.report({ node: name, messageId, data: { name: sourceCode.getText(name) } });
      },
    };
  },
};

/** The methods whose first argument is the name of a metric. */
const NAMED_METHODS: ReadonlySet<string> = new Set([
  'incr',
  'gauge',
  'timing',
  'distribution',
  'set',
  'timer',
  'startTimer',
  'wraps',
  'timed',
  'defineCounter',
  'defineGauge',
  'defineTiming',
  'defineDistribution',
  'defineSet',
]);
