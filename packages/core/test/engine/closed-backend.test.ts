import { tap } from '../../src/backend.js';
import { combine, createMetrics, DummyMetricsBackend, type MetricsBackend } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

describe('A backend that was closed by hand', () => {
  class HandClosedBackend extends JournalBackend {
    closed = false;
    override async close(): Promise<void> {
      this.closed = true;
      await super.close();
    }
  }

  it.each<[string, (backend: MetricsBackend) => unknown]>([
    ['register()', (backend) => createMetrics().register(backend)],
    [
      'register() with replace',
      (backend) => createMetrics({ backend: new JournalBackend() }).register(backend, { replace: true }),
    ],
    ['createMetrics()', (backend) => createMetrics({ backend })],
    ['combine()', (backend) => combine(new JournalBackend(), backend)],
    ['combine() with include', (backend) => combine({ backend, include: ['a'] })],
    ['tap()', (backend) => tap(createMetrics(), { backend })],
  ])('is refused by %s', async (_name, use) => {
    const backend = new HandClosedBackend();
    await backend.close();
    expect(() => use(backend)).toThrow('cannot open a closed backend again: create another one.');
    expect(backend.lines).toEqual([]);
  });

  it('is refused as a part of a combination that was made before, whose parts close with it', async () => {
    const backend = new HandClosedBackend();
    const other = new HandClosedBackend();
    const combined = combine(backend, other);
    await backend.close();
    expect(() => createMetrics({ backend: combined })).toThrow('closed backend');
    await combined.close({ timeout: 0 });
    expect(other.closed).toBe(true);
  });

  it('leaves the active backend in place', async () => {
    const active = new JournalBackend();
    const metrics = createMetrics({ backend: active });
    const backend = new HandClosedBackend();
    await backend.close();
    expect(() => metrics.register(backend, { replace: true })).toThrow('closed backend');
    metrics.incr('x');
    expect(active.lines).toEqual(['counter x 1']);
  });

  it('may be the dummy, which nothing can use up', async () => {
    const dummy = new DummyMetricsBackend();
    await dummy.close();
    createMetrics({ backend: dummy });
    createMetrics({ backend: combine(dummy, new JournalBackend()) });
  });
});
