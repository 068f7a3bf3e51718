import type { Rule } from 'eslint';
import { ExpressionReader } from '../reading/expression-reader.js';
import { type MetricsCallOptions, MetricsCalls, metricsCallSchema } from '../reading/metrics-calls.js';

/** Reports names of metrics that are not written in the sources: nobody can search for them, or say how many there are. */
export const noDynamicMetricName: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'require names of metrics to be constants',
      recommended: true,
      url: 'packages/eslint-plugin/README.md#no-dynamic-metric-name',
    },
    schema: [{ type: 'object', properties: metricsCallSchema, additionalProperties: false }],
    messages: {
      built:
        'The name of a metric is built from `{{name}}`, so each value makes a metric of its own, on no dashboard and in no search. Write the name out, and put what varies into a tag. See docs/cardinality.md.',
      unknown:
        'The name of a metric is `{{name}}`, which may be anything. Write the name out, or take it from a constant, a constant object or an enum. See docs/cardinality.md.',
    },
  },
  create(context) {
    const { sourceCode } = context;
    const reader = new ExpressionReader(sourceCode);
    const calls = new MetricsCalls(reader, context.options[0] as MetricsCallOptions | undefined);
    return {
      CallExpression(node) {
        const call = calls.onMetrics(node);
        const name = call && NAMED.has(call.method) ? call.arguments[0] : undefined;
        if (name === undefined || reader.isConstant(name)) return;
        const { type } = reader.origin(name);
        const messageId = type === 'TemplateLiteral' || type === 'BinaryExpression' ? 'built' : 'unknown';
        context.report({ node: name, messageId, data: { name: sourceCode.getText(name) } });
      },
    };
  },
};

/** The methods whose first argument is the name of a metric. */
const NAMED: ReadonlySet<string> = new Set([
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
