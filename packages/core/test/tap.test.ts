import { tap } from '../src/backend.js';
import { createMetrics, DummyMetricsBackend, type Problem, type Series, type SeriesId } from '../src/index.js';
import { JournalBackend } from './journal-backend.js';

it('receives every sample as the backend does, also of series opened before, and each problem', () => {
  const backend = new JournalBackend();
  const metrics = createMetrics({ backend, onError: () => {} });
  const handle = metrics.defineCounter('y').with({});
  metrics.incr('x', { tags: { a: 1 } });
  handle.incr();
  const journal = new JournalBackend();
  const problems: Problem[] = [];
  const tapped = tap(metrics, { backend: journal, onProblem: (problem) => problems.push(problem) });
  metrics.incr('x', { tags: { a: 1 } });
  handle.incr();
  metrics.child({ prefix: 'c.' }).gauge('z', 1);
  metrics.gauge('z', Number.NaN);
  metrics.gauge('z', Number.NaN);
  tapped[Symbol.dispose]();
  metrics.incr('x', { tags: { a: 1 } });
  handle.incr();
  expect(journal.lines).toEqual(['counter x{a=1} 1', 'counter y 1', 'gauge c.z 1']);
  expect(backend.lines).toHaveLength(7);
  expect(problems.map(({ code }) => code)).toEqual(['invalid_value', 'invalid_value']);
});

it('is not affected by a backend that throws, which is reported', () => {
  const backend = new JournalBackend();
  backend.incr = () => {
    throw new Error('broken');
  };
  const problems: Problem[] = [];
  const metrics = createMetrics({ backend, onError: (problem) => problems.push(problem) });
  const journal = new JournalBackend();
  tap(metrics, { backend: journal });
  metrics.incr('x');
  expect(journal.lines).toEqual(['counter x 1']);
  expect(problems).toMatchObject([{ code: 'backend_failed', cause: new Error('broken') }]);
});

it('receives samples while nothing is registered', () => {
  const metrics = createMetrics();
  const journal = new JournalBackend();
  const tapped = tap(metrics, { backend: journal });
  metrics.incr('x');
  tapped[Symbol.dispose]();
  metrics.incr('x');
  expect(journal.lines).toEqual(['counter x 1']);
  expect(metrics.stats()).toMatchObject({ discarded: 1, series: 0 });
});

it('that ends over a dummy leaves no series and no metric, also without a guard', () => {
  for (const mode of ['guard', 'off'] as const) {
    const metrics = createMetrics({ backend: new DummyMetricsBackend(), cardinality: { mode } });
    const tapped = tap(metrics, { backend: new JournalBackend() });
    metrics.incr('x', { tags: { a: 1 } });
    expect(metrics.cardinality().metrics).toHaveLength(mode === 'off' ? 0 : 1);
    tapped[Symbol.dispose]();
    expect([metrics.stats().series, metrics.cardinality().metrics]).toEqual([0, []]);
  }
});

it('several taps come and go independently, across registrations', () => {
  const backend = new JournalBackend();
  const metrics = createMetrics({ backend });
  const [first, second] = [new Names(), new Names()];
  metrics.incr('x');
  const one = tap(metrics.child({ prefix: 'c.' }), { backend: first });
  metrics.incr('x');
  const two = tap(metrics, { backend: second });
  metrics.incr('x');
  metrics.register(new JournalBackend(), { replace: true, prefix: 'p.' });
  metrics.incr('x');
  one[Symbol.dispose]();
  metrics.incr('x');
  two[Symbol.dispose]();
  metrics.incr('x');
  expect(first.recorded).toEqual(['x', 'x', 'p.x']);
  expect(second.recorded).toEqual(['x', 'p.x', 'p.x']);
  expect(backend.lines).toHaveLength(3);
});

/** Writes down the name of each sample. */
class Names extends DummyMetricsBackend {
  readonly recorded: (string | undefined)[] = [];
  readonly #names = new Map<SeriesId, string>();

  override open(id?: SeriesId, series?: Series): void {
    this.#names.set(id!, series!.name);
  }

  override incr(id?: SeriesId): void {
    this.recorded.push(this.#names.get(id!));
  }
}

it('records a timestamped sample as of now at a backend without timestamps, also of a series opened before', () => {
  const backend = new JournalBackend();
  Object.assign(backend, { recordAt: undefined });
  const problems: Problem[] = [];
  const metrics = createMetrics({ backend, onError: (problem) => problems.push(problem) });
  metrics.gauge('g', 1);
  const journal = new JournalBackend();
  tap(metrics, { backend: journal });
  metrics.gauge('g', 2, { timestamp: 5 });
  expect(problems).toMatchObject([{ code: 'timestamp_unsupported', metric: 'g' }]);
  expect(backend.lines).toEqual(['gauge g 1', 'gauge g 2']);
  expect(journal.lines).toEqual(['gauge g 2 T5']);
});

it('takes only a facade of this package', () => {
  for (const metrics of [undefined, null, {}, { incr() {} }])
    expect(() => tap(metrics as never, { backend: new JournalBackend() })).toThrow(
      new TypeError('tap() takes `metrics`, one of its children, or the result of createMetrics().'),
    );
});

it('refuses a closed backend, which cannot be opened again', () => {
  const backend = Object.assign(new JournalBackend(), { closed: true });
  expect(() => tap(createMetrics(), { backend })).toThrow(
    new Error('tap() cannot open a closed backend again: create another one.'),
  );
});
