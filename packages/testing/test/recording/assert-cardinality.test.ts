import { anyValue, type CardinalityReport, createMetrics } from '@metrics/core';
import { assertCardinality, type CardinalityBudget, RecordingBackend } from '../../src/index.js';

/** Returns the report of a test run: two declared metrics, and one with many values of a tag. */
function run(): CardinalityReport {
  const metrics = createMetrics({ backend: new RecordingBackend(), onError: () => {} });
  const jobs = metrics.defineCounter('jobs.done', {
    tags: { result: ['success', 'failure'], task: ['mail', 'report', 'import'] },
  });
  metrics.defineCounter('open', { tags: { result: ['a'], name: anyValue } });
  jobs.incr({ result: 'success', task: 'mail' });
  for (let i = 0; i < 30; i += 1) metrics.timing('db.query', 1, { tags: { table: `t${i}`, ok: true } });
  return metrics.cardinality();
}

const failure = (budget: CardinalityBudget): string => {
  try {
    assertCardinality(run(), budget);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

it('a report within the budget passes', () => {
  expect(
    failure({
      series: 31,
      customMetrics: 151,
      metrics: {
        'jobs.done': { series: 1, worstCase: 20, values: { task: 3 } },
        'db.query': { values: { table: 30 } },
        '*': {},
      },
    }),
  ).toBe('');
  expect(failure({})).toBe('');
});

it('the error names the metric and the tag', () => {
  expect(failure({ metrics: { 'db.query': { series: 10, values: { table: 20, ok: 1, absent: 0 } } } })).toBe(
    'The cardinality budget is exceeded:\n' +
      '  db.query: 30 series, 10 allowed; most by tag table (30: t0, t1, t2, t3, t4, …)\n' +
      '  db.query: 30 values of tag table, 20 allowed: t0, t1, t2, t3, t4, …',
  );
});

it('the worst case is computed from declarations, used or not', () => {
  expect(failure({ metrics: { 'jobs.done': { worstCase: 19 } } })).toContain(
    'jobs.done: 20 series in the worst case, 19 allowed; most by tag task (3 values declared)',
  );
  expect(failure({ metrics: { open: { worstCase: 10 }, 'db.query': { worstCase: 10 } } })).toMatch(
    /open: no worst case: declare it[^]*db\.query: no worst case|db\.query: no worst case[^]*open: no worst case/,
  );
});

it('totals, defaults for every metric, and budgets of metrics that do not exist', () => {
  expect(failure({ series: 30, customMetrics: 100 })).toContain(
    'all metrics: 31 series, 30 allowed; most from db.query (30), jobs.done (1)',
  );
  expect(failure({ customMetrics: 100 })).toContain('all metrics: 151 custom metrics on one host, 100 allowed');
  expect(failure({ metrics: { '*': { series: 5 } } })).toContain('db.query: 30 series, 5 allowed');
  expect(failure({ metrics: { gone: { series: 5 } } })).toContain(
    'gone: has a budget, but was neither declared nor recorded',
  );
});
