import {
  type BackendHost,
  combine,
  createMetrics,
  DummyMetricsBackend,
  type MetricsBackend,
  type Problem,
  type Series,
} from '../src/index.js';
import { JournalBackend } from './journal-backend.js';

const seriesOf = (key: string, kind: Series['kind'] = 'counter'): Series => ({
  kind,
  key,
  name: `shop.${key}`,
  instance: undefined,
  tags: [],
  unit: undefined,
  internal: false,
  description: undefined,
  buckets: undefined,
});

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
      expect(() => combine({ backend: new JournalBackend(), share } as never)).toThrow(
        /^share must be a number from 0 to 1, not /,
      );
    for (const name of ['include', 'exclude'])
      expect(() => combine({ backend: new JournalBackend(), [name]: 'a' })).toThrow(TypeError);
    expect(() => combine({ backend: new JournalBackend(), exlude: [] } as never)).toThrow('exclude');
  });
});

describe('a combined backend', () => {
  it('passes on its host, synchronous flushes and deadlines, to each backend that has the method', async () => {
    const calls: unknown[] = [];
    const full = Object.assign(new JournalBackend(), {
      flushSync: () => void calls.push('flushSync'),
      close: async (options: unknown) => void calls.push(options),
    });
    const backend = combine(Object.assign(new JournalBackend(), { start: undefined }), full);
    const problems: Problem[] = [];
    const host: BackendHost = { report: (problem) => problems.push(problem), collect: () => {} };
    backend.start!(host);
    expect(full.host).toBe(host);
    backend.open(0, seriesOf('c'));
    backend.flushSync!();
    await backend.close({ timeout: 7 });
    expect(calls).toEqual(['flushSync', { timeout: 7 }]);
    expect(problems).toEqual([]);
  });

  it('opens and releases a series only at backends that select it, and decides again if its id is used again', () => {
    const [all, some] = [new JournalBackend(), new JournalBackend()];
    const ends: boolean[] = [];
    const release = all.release.bind(all);
    Object.assign(all, { release: (id: number, ended: boolean) => (release(id), ends.push(ended)) });
    const backend = combine(all, { backend: some, include: ['checkout.*'] });
    const problems: Problem[] = [];
    backend.start!({ report: (problem) => problems.push(problem), collect: () => {} });
    const use = (id: number, key: string, ended: boolean): void => {
      backend.open(id, seriesOf(key));
      backend.incr(id, 2, 0.5);
      backend.release(id, ended);
    };
    use(0, 'search.queries', true);
    use(0, 'checkout.orders', false);
    use(1, 'checkout.carts', true);
    expect(ends).toEqual([true, false, true]);
    expect(some.opened.map(({ key }) => key)).toEqual(['checkout.orders', 'checkout.carts']);
    expect(some.released).toEqual([0, 1]);
    expect(some.lines).toEqual(['counter shop.checkout.orders 2 @0.5', 'counter shop.checkout.carts 2 @0.5']);
    expect(all.lines).toHaveLength(3);
    expect(problems).toEqual([]);
    const flushSync = jest.fn();
    Object.assign(some, { flushSync });
    for (const id of [0, 1, 2]) backend.open(id, seriesOf('search.queries'));
    backend.flushSync!();
    expect(flushSync).toHaveBeenCalledTimes(1);
  });

  it('is closed as soon as one of its backends is, and replaceable if all are', () => {
    const closable = Object.assign(new JournalBackend(), { closed: false });
    const backend = combine(new DummyMetricsBackend(), closable);
    expect(backend.closed).toBe(false);
    closable.closed = true;
    expect(backend.closed).toBe(true);
    const replaceable = Object.assign(new JournalBackend(), { replaceable: true });
    expect(combine(new DummyMetricsBackend(), replaceable).replaceable).toBe(true);
    expect(combine(new DummyMetricsBackend(), new JournalBackend()).replaceable).toBe(false);
  });

  it.each<[string, (backend: MetricsBackend) => void, string[]]>([
    ['open', (backend) => backend.open(5, seriesOf('other')), []],
    ['incr', (backend) => backend.incr(0, 2, 0.5), ['counter shop.c 2 @0.5']],
    ['gauge', (backend) => backend.gauge(1, 2), ['gauge shop.g 2']],
    ['timing', (backend) => backend.timing(2, 2, 0.5), ['timing shop.t 2 @0.5']],
    ['distribution', (backend) => backend.distribution(3, 2, 0.5), ['distribution shop.d 2 @0.5']],
    ['set', (backend) => backend.set(4, 'm'), ['set shop.s m']],
    ['recordAt', (backend) => backend.recordAt!(0, 2, 9), ['counter shop.c 2 T9']],
    ['event', (backend) => backend.event!({ title: 'e', text: '' }), []],
    ['serviceCheck', (backend) => backend.serviceCheck!({ name: 's', status: 'ok' }), []],
    ['release', (backend) => backend.release(0, false), []],
  ])('keeps a %s that throws from the other backends, and reports it once it has a host', (method, call, lines) => {
    const [broken, healthy] = [new JournalBackend(), new JournalBackend()];
    const backend = combine(broken, healthy);
    const kinds = ['counter', 'gauge', 'timing', 'distribution', 'set'] as const;
    for (const [id, kind] of kinds.entries()) backend.open(id, seriesOf(kind[0]!, kind));
    const cause = new Error('broken');
    const fail = (): never => {
      throw cause;
    };
    Object.assign(broken, { [method]: fail });
    const problems: Problem[] = [];
    const collect = (): void => {};
    if (method !== 'release') call(combine(broken));
    backend.start!({ report: (problem) => problems.push(problem), collect });
    call(backend);
    const message = 'A backend threw, which its contract forbids. See the cause.';
    expect(problems).toEqual([{ code: 'backend_failed', count: 1, message, cause }]);
    expect(healthy.lines).toEqual(lines);
    expect(healthy.events.length + healthy.checks.length).toBe(method === 'event' || method === 'serviceCheck' ? 1 : 0);
    expect(healthy.opened.length - healthy.released.length).toBe({ open: 6, release: 4 }[method] ?? 5);
  });

  it('reports a flush or a close that rejects or throws, and waits for the other backends', async () => {
    for (const fail of [
      async (): Promise<never> => Promise.reject(new Error('broken')),
      (): never => {
        throw new Error('broken');
      },
    ]) {
      const ends: string[] = [];
      const slow = Object.assign(new JournalBackend(), {
        flush: async () => void (await Promise.resolve(), ends.push('flush')),
        close: async () => void (await Promise.resolve(), ends.push('close')),
      });
      const backend = combine(Object.assign(new JournalBackend(), { flush: fail, close: fail }), slow);
      const codes: string[] = [];
      backend.start!({ report: ({ code }) => codes.push(code), collect: () => {} });
      await backend.flush();
      await backend.close({ timeout: 5 });
      expect(ends).toEqual(['flush', 'close']);
      expect(codes).toEqual(['backend_failed', 'backend_failed']);
    }
  });

  it('records a timestamped sample as of now at a backend without timestamps: unweighted, by the kind of its series', () => {
    const [with_, without] = [new JournalBackend(), new JournalBackend()];
    Object.assign(without, { recordAt: undefined });
    const backend = combine(with_, { backend: without, exclude: ['hidden'] });
    for (const [id, key] of ['c', 'g', 'hidden'].entries())
      backend.open(id, seriesOf(key, key === 'g' ? 'gauge' : 'counter'));
    const [incr, gauge] = [jest.spyOn(without, 'incr'), jest.spyOn(without, 'gauge')];
    for (const id of [0, 1, 2]) backend.recordAt!(id, 3, 9);
    expect([incr.mock.calls, gauge.mock.calls]).toEqual([[[0, 3, 1]], [[1, 3]]]);
    expect(with_.lines).toEqual(['counter shop.c 3 T9', 'gauge shop.g 3 T9', 'counter shop.hidden 3 T9']);
  });

  it('has service checks and timestamps only if one of its backends has', () => {
    const plain = Object.assign(new JournalBackend(), { serviceCheck: undefined, event: undefined });
    expect(combine(plain).serviceCheck).toBeUndefined();
    expect(combine(Object.assign(new JournalBackend(), { recordAt: undefined })).recordAt).toBeUndefined();
    const full = new JournalBackend();
    const backend = combine(plain, full);
    const problems: Problem[] = [];
    backend.start!({ report: (problem) => problems.push(problem), collect: () => {} });
    backend.event!({ title: 'e', text: '' });
    backend.serviceCheck!({ name: 's', status: 'ok' });
    expect([full.events.length, full.checks.length]).toEqual([1, 1]);
    expect(problems).toEqual([]);
  });

  it('takes the registered prefix off a name, and nothing else', () => {
    const some = new JournalBackend();
    const backend = combine({ backend: some, include: ['db.up'], exclude: ['db.up.old'] });
    backend.serviceCheck!({ name: 'shop.db.up', status: 'ok' });
    backend.open(0, seriesOf('any'));
    for (const name of ['db.up', 'shop.db.up', 'other.db.up', 'mine.db.up', 'shop.db.up.old'])
      backend.serviceCheck!({ name, status: 'ok' });
    expect(some.checks.map(({ name }) => name)).toEqual(['db.up', 'shop.db.up']);
  });

  it('adds what its backends sampled out to what their shares skipped', () => {
    const part = new JournalBackend();
    const stats = part.stats.bind(part);
    Object.assign(part, { stats: () => ({ ...stats(), sampledOut: 5 }) });
    const backend = combine({ backend: part, share: 0 }, new JournalBackend());
    backend.open(0, seriesOf('c'));
    backend.incr(0, 1, 1);
    backend.incr(0, 1, 1);
    expect(backend.stats()).toEqual({ accepted: 2, sent: 2, dropped: {}, pending: 0, sampledOut: 7 });
  });
});

it('a combined backend refuses a closed one, which cannot be opened again', () => {
  const closed = Object.assign(new JournalBackend(), { closed: true });
  for (const given of [closed, { backend: closed }])
    expect(() => combine(new JournalBackend(), given)).toThrow(
      new Error('combine() cannot open a closed backend again: create another one.'),
    );
});
