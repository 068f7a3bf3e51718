import type { Metrics, Problem } from '../../src/index.js';
import type { JournalBackend } from '../journal-backend.js';
import { setUp } from '../set-up.js';

let backend: JournalBackend;
let problems: Problem[];
let metrics: Metrics;
/** The series of all samples, without their values. */
const series = (): string[] => backend.lines.splice(0).map((line) => line.replace(/ [\d.e-]+$/, ''));
const fail = (): never => {
  throw new Error('mine');
};

beforeEach(() => {
  ({ backend, metrics, problems } = setUp());
});

describe('the result of a timer', () => {
  it.each([
    ['result', undefined, 't{result=success}', 't{result=failure}'],
    ['another name', 'outcome', 't{outcome=success}', 't{outcome=failure}'],
    ['none', false as const, 't', 't'],
  ])('%s: of timer, wraps and timed', async (_name, result, success, failure) => {
    metrics.timer('t', { result }, () => 1);
    metrics.wraps('t', { result }, () => 1)();
    class Timed {
      @metrics.timed('t', { result })
      run(): void {}
    }
    new Timed().run();
    await metrics.timer('t', { result }, async () => 1);
    expect(series()).toEqual(Array(4).fill(`timing ${success}`));
    expect(() => metrics.timer('t', { result }, fail)).toThrow('mine');
    await expect(metrics.timer('t', { result, tags: {} }, async () => fail())).rejects.toThrow('mine');
    expect(series()).toEqual(Array(2).fill(`timing ${failure}`));
    metrics.timer('t', { result, tags: { [String(result)]: 'own', a: 1 }, sampleRate: 0.5 }, (tags) => {
      tags['outcome'] = 'set';
    });
    expect(problems).toEqual([]);
  });

  it('is not an option of other verbs: there it is a misplaced tag', () => {
    metrics.incr('c', { result: 'ok' } as never);
    metrics.timer('t', { result: 'outcome', status: 200 } as never, () => 1);
    metrics.timer('t', { result: 'outcome', tags: 'none' } as never, () => 1);
    expect(series()).toEqual([]);
    expect(metrics.stats().dropped).toEqual({ invalid_options: 2, invalid_tags: 1 });
  });

  it.each(['defineTiming', 'defineDistribution'] as const)('of %s needs no declaration', (define) => {
    for (const [key, result, tags] of [
      ['a', undefined, 'kind=x,result=success'],
      ['b', 'outcome', 'kind=x,outcome=success'],
      ['c', false, 'kind=x'],
    ] as const)
      for (const declared of [['kind'], { kind: ['x'] }] as const) {
        const name = `${key}.${Array.isArray(declared) ? 'list' : 'values'}`;
        const definition = { tags: declared, result } as { tags: ['kind']; result: typeof result };
        metrics[define](name, definition).timer({ kind: 'x' }, () => 1);
        expect(series()).toEqual([`${define === 'defineTiming' ? 'timing' : 'distribution'} ${name}{${tags}}`]);
        expect(metrics[define](name, definition).timer(() => 5)).toBe(5);
        series();
      }
    expect(problems).toEqual([]);
  });
});

describe('a timer of a distribution', () => {
  it('records milliseconds, or the unit of time that it has', () => {
    let now = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => (now += 1500.25));
    for (const [unit, value] of [
      [undefined, 1500.25],
      ['millisecond', 1500.25],
      ['second', 1.50025],
      ['microsecond', 1_500_250],
      ['byte', 1500.25],
    ] as const) {
      metrics.defineDistribution(`d.${unit}`, { unit, result: false }).timer(() => 1);
      expect(backend.lines.splice(0)).toEqual([`distribution d.${unit} ${value}`]);
    }
    clock.mockRestore();
  });

  it('lets no call use the tag of timers before there is a timer', () => {
    const distribution = metrics.defineDistribution('d', { tags: ['kind'] });
    distribution.record(1, { result: 'success' } as never);
    expect(series()).toEqual(['distribution d']);
    expect(problems.map(({ code }) => code)).toEqual(['undeclared_tag']);
    distribution.timer(() => 1);
    expect(series()).toEqual(['distribution d{result=success}']);
  });
});
