// @ts-check
// What tags cost, and what the cardinality guard does about it: good tags, a beta feature, a scanner, the report, and the
// budget that fails in CI. Run it with `node examples/cardinality.mjs` after `npm run build`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createMetrics } from '@metrics/core';
import { estimateCost } from '@metrics/core/cost';
import { routeTemplate, statusClass } from '@metrics/core/normalizers';
import { assertCardinality, RecordingBackend } from '@metrics/testing';

/** @type {import('@metrics/core').Problem[]} */
const problems = [];
const metrics = createMetrics({
  backend: new RecordingBackend(),
  onError: (problem) => problems.push(problem),
});

const jobs = metrics.defineCounter('jobs.done', {
  tags: { result: ['success', 'failure'], task_name: ['mail', 'report', 'import'] },
});
jobs.incr({ result: 'success', task_name: 'mail' });

// Fine: few values, known in advance.
metrics.incr('logins', { tags: { platform: 'ios' } });
// A path becomes its template, a status its class.
metrics.incr('http.requests', { tags: { route: routeTemplate('/users/42/posts/7?page=2'), status: statusClass(200) } });
// An identifier, rare and allowed by name; declared, so that the compiler accepts it too.
metrics.defineCounter('beta.used', { tags: ['org_id'] }).incr({ org_id: 'acme' });

// Request ids; the type bypasses the compiler's check.
/** @type {Record<string, string>} */
const careless = { request_id: 'a1b2c3', status: '200' };
metrics.incr('http.requests', { tags: careless });

// A scanner asks for paths that do not exist, and they are recorded raw.
for (let i = 0; i < 50_000; i += 1) metrics.incr('http.requests', { tags: { route: `/${i}.php`, status: '4xx' } });

console.log('Reported problems, each once:');
for (const { code, metric, tag, value } of problems) console.log(`  ${code}: ${metric}, tag ${tag}, ${value}`);

const report = metrics.cardinality();
console.log('\nSeries by metric:');
for (const { metric, series, worstCase, tags } of report.metrics) {
  const widest = tags[0] && `${tags[0].tag} has ${tags[0].values} values`;
  console.log(
    `  ${metric.padEnd(16)}${String(series).padStart(5)}  ${widest ?? ''}${worstCase ? `, at worst ${worstCase} series` : ''}`,
  );
}
const cost = estimateCost(report, { hosts: 40, includedPerHost: 100, pricePer100: 5 });
console.log(
  `\nOn 40 hosts ${cost.customMetrics} custom metrics, ${cost.billable} billable: ${cost.perMonth} a month at 5 per 100.`,
);

const budget = JSON.parse(readFileSync(new URL('metrics.budget.json', import.meta.url), 'utf8'));
assert.throws(
  () => assertCardinality(report, budget),
  (/** @type {Error} */ error) => {
    console.log(`\nAnd CI says:\n${error.message}`);
    return error.message.includes('http.requests: 502 series, 100 allowed; most by tag route');
  },
);
assert.equal(report.metrics.find(({ metric }) => metric === 'jobs.done')?.worstCase, 20);
await metrics.close();
