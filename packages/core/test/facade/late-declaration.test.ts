import type { Metrics, Problem } from '../../src/index.js';
import type { JournalBackend } from '../journal-backend.js';
import { setUp } from '../set-up.js';

let backend: JournalBackend;
let metrics: Metrics;
let problems: Problem[];

beforeEach(() => {
  ({ backend, metrics, problems } = setUp());
});

it('a declaration applies to a metric that was used before: its tags are allowed, its values are listed', () => {
  metrics.incr('x', { tags: { ['trace_id' as string]: 1, k: 'a' } });
  const counter = metrics.defineCounter('x', { tags: { trace_id: '*', k: ['b'] } });
  counter.incr({ trace_id: 1, k: 'b' });
  counter.incr({ trace_id: 1, k: 'c' as never });
  expect(backend.lines).toEqual([
    'counter x{k=a} 1',
    'counter x{k=b,trace_id=1} 1',
    'counter x{k=__other__,trace_id=1} 1',
  ]);
});

it('a declaration as another kind takes no tags from the metric', () => {
  metrics.incr('x', { tags: { k: 'a' } });
  metrics.defineGauge('x', { tags: ['other'] }).set(1);
  metrics.incr('x', { tags: { k: 'a' } });
  expect(backend.lines).toEqual(['counter x{k=a} 1', 'counter x{k=a} 1']);
  expect(problems.map(({ code }) => code)).toEqual(['definition_conflict', 'kind_conflict']);
});
