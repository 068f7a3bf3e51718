import { createMetrics, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

describe('setTags', () => {
  it('adds tags to every series, of any child, over those of register and below those of a child and a call', () => {
    const backend = new JournalBackend();
    const metrics = createMetrics({ backend, tags: { shard: 'unknown', env: 'test' } });
    const counter = metrics.defineCounter('c', { tags: ['shard'] });
    const handle = counter.with({});
    const child = metrics.child({ tags: { team: 'web' } });
    const record = (): void => {
      counter.incr();
      handle.incr();
      child.incr('d');
      counter.incr({ shard: 'own' });
    };
    record();
    child.setTags({ shard: 3, zone: 'a' });
    backend.lines.length = 0;
    record();
    metrics.setTags({ shard: 4, zone: undefined });
    record();
    const expected = (shard: number): string[] => [
      `counter c{env=test,shard=${shard},zone=a} 1`,
      `counter c{env=test,shard=${shard},zone=a} 1`,
      `counter d{env=test,shard=${shard},team=web,zone=a} 1`,
      'counter c{env=test,shard=own,zone=a} 1',
    ];
    expect(backend.lines).toEqual([...expected(3), ...expected(4)]);
  });

  it('ends the open series; levels and observers move on to the next ones', () => {
    const backend = new JournalBackend();
    const ends: boolean[] = [];
    const release = backend.release.bind(backend);
    Object.assign(backend, { release: (id: number, ended: boolean) => (release(id), ends.push(ended)) });
    const metrics = createMetrics({ backend });
    const gauge = metrics.defineGauge('g', { tags: ['pool'] });
    gauge.add(2, { pool: 'a' });
    gauge.observe(({ set }) => set(1, { pool: 'b' }));
    backend.host!.collect();
    metrics.setTags({ shard: 3 });
    expect(ends).toEqual([true, true]);
    expect(metrics.stats().series).toBe(0);
    backend.lines.length = 0;
    gauge.add(1, { pool: 'a' });
    backend.host!.collect();
    expect(backend.lines).toEqual([
      'gauge g{pool=a,shard=3} 3',
      'gauge g{pool=b,shard=3} 1',
      'gauge g{pool=a,shard=3} 3',
    ]);
    expect(ends).toEqual([true, true]);
  });

  it('works before register, stays after close, and reports tags that are invalid', async () => {
    const problems: Problem[] = [];
    const metrics = createMetrics();
    metrics.setTags({ shard: 3 });
    for (let registration = 0; registration < 2; registration += 1) {
      const backend = new JournalBackend();
      metrics.register(backend, { onError: (problem) => problems.push(problem), strict: true });
      metrics.setTags({ bad: {} } as never);
      metrics.setTags('bad' as never);
      metrics.incr('c');
      expect(backend.lines).toEqual(['counter c{shard=3} 1']);
      await metrics.close();
    }
    expect(problems.map(({ code, metric }) => `${code} ${metric}`)).toContain('invalid_tag_value setTags');
    expect(metrics.stats().dropped).toEqual({});
  });
});
