import { combine, createMetrics, DummyMetricsBackend, type Problem } from '../src/index.js';
import { JournalBackend } from './journal-backend.js';

it('passes everything to every backend', async () => {
  const [a, b] = [new JournalBackend(), new JournalBackend()];
  const metrics = createMetrics({ backend: combine(a, b) });
  metrics.incr('c', 2, { sampleRate: 0.5 });
  metrics.gauge('g', 1);
  metrics.timing('t', 1);
  metrics.distribution('d', 1);
  metrics.set('s', 'm');
  metrics.gauge('g', 2, { timestamp: 5 });
  metrics.event({ title: 't', text: '' });
  metrics.serviceCheck({ name: 'n', status: 'ok' });
  await metrics.flush();
  expect(a.lines).toEqual([
    'counter c 2 @0.5',
    'gauge g 1',
    'timing t 1',
    'distribution d 1',
    'set s m',
    'gauge g 2 T5',
  ]);
  expect(b.lines).toEqual(a.lines);
  expect([a.events.length, b.events.length, a.checks.length, b.checks.length, a.flushes, b.flushes]).toEqual([
    1, 1, 1, 1, 1, 1,
  ]);
  expect(metrics.stats().backend).toEqual({ accepted: 12, sent: 12, dropped: {}, pending: 0, sampledOut: 0 });
  await metrics.close();
  expect([a.closes, b.closes]).toEqual([1, 1]);
});

it('passes only the included metrics to a filtered backend', () => {
  const [all, some] = [new JournalBackend(), new JournalBackend()];
  const metrics = createMetrics({
    backend: combine(all, { backend: some, include: ['checkout.*', 'exact'] }),
    prefix: 'p.',
  });
  for (const key of ['checkout.paid', 'exact', 'exactly', 'other']) metrics.incr(key);
  expect(all.lines).toHaveLength(4);
  expect(some.lines).toEqual(['counter p.checkout.paid 1', 'counter p.exact 1']);
});

it('a backend that fails never affects another and is reported', async () => {
  const broken = new Proxy(new JournalBackend(), {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (property === 'flush' || property === 'close') return () => Promise.reject(new Error('broken'));
      return () => {
        throw new Error('broken');
      };
    },
  });
  const healthy = new JournalBackend();
  const problems: Problem[] = [];
  const metrics = createMetrics({ backend: combine(broken, healthy), onError: (problem) => problems.push(problem) });
  metrics.incr('x');
  metrics.gauge('g', 1);
  metrics.set('s', 'm');
  await metrics.flush();
  await metrics.close();
  expect(healthy.lines).toEqual(['counter x 1', 'gauge g 1', 'set s m']);
  expect(healthy.closes).toBe(1);
  expect(problems[0]).toMatchObject({ code: 'backend_failed', cause: new Error('broken') });
});

it('records a timestamped sample as of now at a backend without timestamps', () => {
  const [with_, without] = [new JournalBackend(), new JournalBackend()];
  (without as { recordAt?: unknown }).recordAt = undefined;
  const metrics = createMetrics({ backend: combine(with_, without) });
  metrics.incr('c', 3, { timestamp: 5 });
  metrics.gauge('g', 4, { timestamp: 5 });
  expect(with_.lines).toEqual(['counter c 3 T5', 'gauge g 4 T5']);
  expect(without.lines).toEqual(['counter c 3', 'gauge g 4']);
});

it('discards only if all backends do, and has events if one has', () => {
  const plain = new JournalBackend();
  (plain as { event?: unknown }).event = undefined;
  expect(combine(new DummyMetricsBackend(), new DummyMetricsBackend()).discards).toBe(true);
  expect(combine(new DummyMetricsBackend(), plain).discards).toBe(false);
  expect(combine(plain).event).toBeUndefined();
  expect(combine(plain, new JournalBackend()).event).toBeInstanceOf(Function);
});

it('reports a timestamp that none of its backends supports, as one of them alone would', () => {
  const without = (): JournalBackend => Object.assign(new JournalBackend(), { recordAt: undefined });
  for (const backend of [combine(without()), combine(without(), without()), combine(combine(without()))]) {
    const codes: string[] = [];
    const metrics = createMetrics({ backend, onError: ({ code }) => codes.push(code) });
    metrics.gauge('g', 2, { timestamp: 5 });
    expect(codes).toEqual(['timestamp_unsupported']);
  }
});

it('refuses other values than backends, and unknown or wrong options of a filter', () => {
  const backend = new JournalBackend();
  for (const wrong of [undefined, null, {}, { backend: {} }, { backend: null }, 'statsd'])
    expect(() => combine(backend, wrong as never)).toThrow(/combine\(\) takes backends/);
  expect(() => combine({ backend, included: ['a'] } as never)).toThrow(
    'combine(): unknown option "included"; did you mean "include"?',
  );
  expect(() => combine({ backend, include: 'a.*' } as never)).toThrow(/include must be of type array, not "a.\*"/);
  // A backend may have a property of that name.
  const wrapper = Object.assign(new JournalBackend(), { backend: 5 });
  createMetrics({ backend: combine(wrapper) }).incr('x');
  expect(wrapper.lines).toEqual(['counter x 1']);
});

describe('a member with a choice', () => {
  it('gets no excluded metrics, also of those included, nor such events and service checks', () => {
    const some = new JournalBackend();
    const all = new JournalBackend();
    const metrics = createMetrics({
      backend: combine(all, { backend: some, include: ['checkout.*', 'Deployed'], exclude: ['checkout.debug.*'] }),
      prefix: 'shop.',
    });
    for (const key of ['checkout.orders', 'checkout.debug.steps', 'search.queries']) {
      metrics.incr(key);
      metrics.gauge(`${key}.size`, 1, { timestamp: 1_700_000_000 });
      metrics.serviceCheck({ name: key, status: 'ok' });
      metrics.event({ title: key, text: '' });
    }
    metrics.event({ title: 'Deployed', text: '' });
    expect(all.lines).toHaveLength(6);
    expect(some.lines).toEqual(['counter shop.checkout.orders 1', 'gauge shop.checkout.orders.size 1 T1700000000']);
    expect(some.events.map(({ title }) => title)).toEqual(['checkout.orders', 'Deployed']);
    expect(some.checks.map(({ name }) => name)).toEqual(['shop.checkout.orders']);
  });

  it.each([0, 0.25, 1])('gets a share of %d of all calls, and counts the others as sampled out', (share) => {
    const random = jest.spyOn(Math, 'random');
    let draws = 0;
    random.mockImplementation(() => (draws++ % 8) / 8);
    const part = new JournalBackend();
    const backend = combine({ backend: part, share });
    const metrics = createMetrics({ backend });
    const verbs = [
      () => metrics.incr('c'),
      () => metrics.gauge('g', 1),
      () => metrics.timing('t', 1),
      () => metrics.distribution('d', 1),
      () => metrics.set('s', 'a'),
      () => metrics.incr('c', 1, { timestamp: 1_700_000_000 }),
      () => metrics.event({ title: 'e', text: '' }),
      () => metrics.serviceCheck({ name: 's', status: 'ok' }),
    ];
    for (const verb of verbs) {
      const before = part.lines.length + part.events.length + part.checks.length;
      for (let call = 0; call < 80; call += 1) verb();
      expect(part.lines.length + part.events.length + part.checks.length - before).toBe(80 * share);
    }
    expect(metrics.stats().backend.sampledOut).toBe(8 * 80 * (1 - share));
    random.mockRestore();
  });

  it('is refused if the share is not a number from 0 to 1, or a list is not an array', () => {
    for (const share of [-0.1, 1.1, Number.NaN, '1', null])
      expect(() => combine({ backend: new JournalBackend(), share } as never)).toThrow(RangeError);
    for (const name of ['include', 'exclude'])
      expect(() => combine({ backend: new JournalBackend(), [name]: 'a' })).toThrow(TypeError);
    expect(() => combine({ backend: new JournalBackend(), exlude: [] } as never)).toThrow('exclude');
  });
});
