import { preferInstrument } from '../../src/rules/prefer-instrument.js';
import { testRule } from '../rule-testers.js';

testRule('prefer-instrument', preferInstrument, {
  javascript: {
    valid: [
      { name: 'accepts one call', code: `metrics.incr('jobs', { tags: { result: 'ok' } });` },
      { name: 'accepts calls without tags', code: `metrics.incr('jobs'); metrics.incr('jobs');` },
      {
        name: 'accepts different metrics',
        code: `metrics.incr('a', { tags: { b } }); metrics.incr('b', { tags: { b } });`,
      },
      {
        name: 'accepts different receivers',
        code: `metrics.incr('a', { tags: { b } }); metrics.child({}).incr('a', { tags: { b } });`,
      },
      {
        name: 'accepts equal names on different metrics objects',
        code: `function a() { const metrics = createMetrics(); metrics.incr('a', { tags: { b } }); }
          function b() { const metrics = createMetrics(); metrics.incr('a', { tags: { b } }); }`,
      },
      {
        name: 'accepts options that instruments lack',
        code: `metrics.incr('a', { instance, tags: { b } }); metrics.incr('a', { sampleRate, tags: { b } }); metrics.incr('a', { timestamp, tags: { b } });`,
      },
      {
        name: 'ignores tags whose keys are unknown',
        code: `metrics.incr('a', { tags }); metrics.incr('a', { tags: { ...tags } }); metrics.incr('a', { tags: { [key]: 1 } });`,
      },
      {
        name: 'ignores unknown names',
        code: `metrics.incr(name, { tags: { b } }); metrics.incr(name, { tags: { b } });`,
      },
      {
        name: 'accepts instruments',
        code: `const jobs = metrics.defineCounter('jobs', { tags: ['a'] }); jobs.incr({ a: 1 }); jobs.incr({ a: 1 });`,
      },
      {
        name: 'ignores other objects',
        code: `other.incr('jobs', { tags: { a } }); other.incr('jobs', { tags: { a } });`,
      },
    ],
    invalid: [
      {
        code: `metrics.incr('jobs', { tags: { result: 'ok' } }); metrics.incr('jobs', 2, { tags: { result: 'failed', task: 'a' } });`,
        errors: [
          {
            message:
              "Metric 'jobs' is recorded 2 times in this file. Declare it once, `metrics.defineCounter('jobs', { tags: ['result', 'task'] })`: then its tags are typed, and the same in every call.",
            column: 1,
          },
          { messageId: 'declare', column: 51 },
        ],
      },
      {
        name: 'counts timers and timings as one instrument',
        code: `const KEY = 'query'; this.metrics.timing(KEY, 1, { tags: { table }, unit: 'x' }); this.metrics.timer('query', { tags: { table } }, run);`,
        errors: [1, 2].map(() => ({
          messageId: 'declare',
          data: { key: 'query', define: 'this.metrics.defineTiming', count: '2', tags: `'table'` },
        })),
      },
      ...[
        ['gauge', 'defineGauge'],
        ['distribution', 'defineDistribution'],
        ['set', 'defineSet'],
      ].map(([verb, define]) => ({
        code: `metrics.${verb}('a', 1, { tags: { b } }); metrics.${verb}('a', 1, { tags: { b } });`,
        errors: [1, 2].map(() => ({
          messageId: 'declare',
          data: { key: 'a', define: `metrics.${define}`, count: '2', tags: `'b'` },
        })),
      })),
    ],
  },
  typescript: {
    valid: [],
    invalid: [
      {
        code: `metrics.incr('a', { tags: { b: c as string } as const }); metrics.incr('a', { tags: { b } satisfies Tags });`.replace(
          'metrics!',
          'metrics',
        ),
        errors: [{ messageId: 'declare' }, { messageId: 'declare' }],
      },
    ],
  },
});
