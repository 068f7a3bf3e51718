import { createMetrics } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

it('a handle keeps its tags, although another one has the same series by the tags of the registration', () => {
  const metrics = createMetrics({ backend: new JournalBackend(), tags: { k: 'registered' } });
  const counter = metrics.defineCounter('x', { tags: ['k'] });
  const inherited = counter.with({});
  const own = counter.with({ k: 'registered' });
  const backend = new JournalBackend();
  metrics.register(backend, { replace: true, tags: { k: 'other' } });
  inherited.incr();
  own.incr();
  expect(backend.lines).toEqual(['counter x{k=other} 1', 'counter x{k=registered} 1']);
});

it('a handle keeps its tags, although another one has the same series beyond a limit', () => {
  const metrics = createMetrics({
    backend: new JournalBackend(),
    cardinality: { maxValuesPerTag: 1 },
    onError: () => {},
  });
  const counter = metrics.defineCounter('x', { tags: ['k'] });
  const handles = [1, 2, 3].map((k) => counter.with({ k }));
  const backend = new JournalBackend();
  metrics.register(backend, { replace: true });
  for (const handle of handles) handle.incr();
  expect(backend.lines).toEqual(['counter x{k=1} 1', 'counter x{k=2} 1', 'counter x{k=3} 1']);
});

it('a handle of a child keeps the tags of the child, although one of the root has the same series', () => {
  const metrics = createMetrics({ backend: new JournalBackend(), tags: { k: 'child' } });
  const handles = [metrics, metrics.child({ tags: { k: 'child' } })].map((scope) =>
    scope.defineCounter('x', { tags: ['k'] }).with({}),
  );
  const backend = new JournalBackend();
  metrics.register(backend, { replace: true });
  for (const handle of handles) handle.incr();
  expect(backend.lines).toEqual(['counter x 1', 'counter x{k=child} 1']);
});

it('equal tags return the same handle, in any spelling', () => {
  const counter = createMetrics({ backend: new JournalBackend() }).defineCounter('x', { tags: ['a', 'b'] });
  const handle = counter.with({ a: 1, b: true });
  expect(counter.with({ b: 'true', a: '1' })).toBe(handle);
  expect(counter.with({ a: 1 })).not.toBe(handle);
  expect(counter.with({ a: 1, b: null })).toBe(counter.with({ a: '1' }));
  expect(counter.with({ a: 1, b: undefined })).toBe(counter.with({ a: '1' }));
});
