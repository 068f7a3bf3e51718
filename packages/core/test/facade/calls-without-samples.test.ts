import { createMetrics, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

// Plain JavaScript passes values that the types forbid.
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Untyped = any;

const invalid: Untyped[] = [{ k: {} }, { '': 1 }, [], Object.fromEntries(Array.from({ length: 40 }, (_, i) => [i, i]))];

test.each(invalid)('tags that belong to no sample count none as dropped: %j', (tags) => {
  const problems: Problem[] = [];
  const metrics: Untyped = createMetrics({ onError: (problem: Problem) => problems.push(problem) });
  metrics.register(new JournalBackend(), { tags, onError: (problem: Problem) => problems.push(problem) });
  metrics.child({ tags });
  metrics.withTags(tags, () => metrics.addTags(tags));
  metrics.defineCounter('x', { tags: ['k'] }).with(tags);
  expect(metrics.stats()).toEqual(expect.objectContaining({ dropped: {}, sampledOut: 0, discarded: 0 }));
  expect(problems.length).toBeGreaterThan(0);
});

it('a handle that is bound to no series counts nothing until it is used, then each sample', () => {
  const metrics = createMetrics({
    backend: new JournalBackend(),
    deny: ['denied'],
    cardinality: { maxValuesPerTag: 0 },
    onError: () => {},
  });
  metrics.incr('counted');
  const handles = [
    metrics.defineGauge('counted').with({}),
    metrics.defineGauge('denied').with({}),
    metrics.defineGauge('').with({}),
    metrics.defineGauge('merged', { tags: ['k'] }).with({ k: 1 }),
  ];
  expect(metrics.stats().dropped).toEqual({});
  for (const handle of handles) handle.set(1);
  expect(metrics.stats().dropped).toEqual({ kind_conflict: 1, denied: 1, invalid_key: 1, gauge_would_merge: 1 });
});

it('a sample that a handler of problems records meanwhile is counted', () => {
  const metrics: Untyped = createMetrics();
  const onError = ({ code }: Problem): void => {
    if (code === 'invalid_tag_value') metrics.incr('');
  };
  metrics.register(new JournalBackend(), { onError });
  metrics.child({ tags: { k: {} } });
  expect(metrics.stats().dropped).toEqual({ invalid_key: 1 });
});
