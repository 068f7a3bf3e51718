import { createMetrics, type Metrics } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

let backend: JournalBackend;
let metrics: Metrics;
let clock: number;

beforeEach(() => {
  backend = new JournalBackend();
  metrics = createMetrics({ backend });
  clock = 1000;
  jest.spyOn(performance, 'now').mockImplementation(() => clock);
});
afterEach(() => jest.restoreAllMocks());

describe('timer', () => {
  it('times a synchronous function in milliseconds and returns its result', () => {
    const answer = metrics.timer('run', { tags: { task: 'mail' }, sampleRate: 0.5 }, (tags) => {
      clock += 12.5;
      tags['rows'] = 3;
      return 'done';
    });
    expect(answer).toBe('done');
    expect(backend.lines).toEqual(['timing run{result=success,rows=3,task=mail} 12.5 @0.5']);
  });

  it('rounds to a microsecond, and returns what it recorded', () => {
    clock = 1000.123_456_7;
    metrics.timer('run', () => {
      clock += 0.456_789_1;
    });
    const timer = metrics.startTimer('wait');
    clock += 12.000_000_4;
    expect(timer.stop()).toBe(12);
    metrics.defineTiming('load').timer(() => {
      clock += 3.000_6;
    });
    metrics.timing('given', 0.000_4);
    expect(backend.lines).toEqual([
      'timing run{result=success} 0.457',
      'timing wait 12',
      'timing load{result=success} 3.001',
      'timing given 0.0004',
    ]);
  });

  it('times a promise until it settles', async () => {
    const running = metrics.timer('run', async () => {
      clock += 5;
      await Promise.resolve();
      clock += 5;
      return 7;
    });
    expect(backend.lines).toEqual([]);
    await expect(running).resolves.toBe(7);
    expect(backend.lines).toEqual(['timing run{result=success} 10']);
  });

  it('records failures and passes on exactly what was thrown', async () => {
    const error = new RangeError('mine');
    expect(() =>
      metrics.timer('run', () => {
        throw error;
      }),
    ).toThrow(error);
    await expect(metrics.timer('run', () => Promise.reject(error))).rejects.toBe(error);
    expect(backend.lines).toEqual(Array(2).fill('timing run{result=failure} 0'));
  });

  it("keeps a result of the caller or of the function, and the caller's tags as they were", () => {
    const tags = { result: 'mine' };
    metrics.timer('run', { tags }, (own) => {
      own['extra'] = 1;
    });
    metrics.timer('run', (own) => {
      own['result'] = 'cached';
    });
    expect(backend.lines).toEqual(['timing run{extra=1,result=mine} 0', 'timing run{result=cached} 0']);
    expect(tags).toEqual({ result: 'mine' });
  });

  it('works the same with the dummy', () => {
    const own = createMetrics();
    expect(own.timer('run', (tags) => ((tags['a'] = 1), 5))).toBe(5);
    expect(own.stats().discarded).toBe(1);
  });
});

describe('startTimer', () => {
  it('records once, at the first stop, without a result', () => {
    const timer = metrics.startTimer('run', { tags: { a: 1 } });
    clock += 3;
    expect(timer.stop({ b: 2 })).toBe(3);
    clock += 3;
    expect(timer.stop()).toBe(3);
    timer[Symbol.dispose]();
    expect(backend.lines).toEqual(['timing run{a=1,b=2} 3']);
  });

  it('stops when it is disposed', () => {
    const timer = metrics.startTimer('run', { instance: 'i' });
    clock += 4;
    timer[Symbol.dispose]();
    expect(backend.lines).toEqual(['timing run#i 4']);
  });
});

describe('wraps', () => {
  it('keeps this, arguments, name and length', async () => {
    const thing = {
      factor: 2,
      times: metrics.wraps('run', function multiply(this: { factor: number }, a: number, b: number): number {
        clock += 1;
        return this.factor * a * b;
      }),
      later: metrics.wraps('run', { tags: { kind: 'async' } }, async (a: number) => a),
    };
    expect(thing.times(3, 4)).toBe(24);
    expect(await thing.later(5)).toBe(5);
    expect([thing.times.name, thing.times.length, thing.later.length]).toEqual(['multiply', 2, 1]);
    expect(backend.lines).toEqual(['timing run{result=success} 1', 'timing run{kind=async,result=success} 0']);
  });
});

describe('timed', () => {
  it('decorates methods in the standard way', () => {
    class Service {
      n = 5;
      @metrics.timed('run', { tags: { a: 1 } })
      get(add: number): number {
        return this.n + add;
      }
    }
    expect(new Service().get(2)).toBe(7);
    expect(backend.lines).toEqual(['timing run{a=1,result=success} 0']);
  });

  it('decorates methods in the legacy way', () => {
    class Service {
      n = 5;
      get(add: number): number {
        return this.n + add;
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(Service.prototype, 'get')!;
    Object.defineProperty(
      Service.prototype,
      'get',
      metrics.timed('run')(Service.prototype, 'get', descriptor) as PropertyDescriptor,
    );
    expect(new Service().get(2)).toBe(7);
    expect(Service.prototype.get.name).toBe('get');
    expect(backend.lines).toEqual(['timing run{result=success} 0']);
  });
});

describe.each([
  ['strict', true],
  ['in production', false],
])('problems of a timer, %s, are reported and the sample is kept:', (_name, strict) => {
  let codes: string[];
  const long = 'x'.repeat(300);

  beforeEach(() => {
    codes = [];
    metrics = createMetrics({ backend, strict, onError: ({ code }) => codes.push(code) });
  });

  it.each([
    ['a tag that is too long', 'tag_truncated', { kind: long }],
    ['a tag with one value per operation', 'high_cardinality_tag', { ['request_id' as string]: 5 }],
    ['an identifier', 'identifier_tag', { ['org_id' as string]: 5 }],
  ])('%s', (_problem, code, tags) => {
    metrics.timer('run', { tags }, () => {});
    metrics.startTimer('wait', { tags }).stop();
    metrics.startTimer('stop').stop(tags);
    metrics.wraps('wraps', { tags }, () => {})();
    metrics.timer('own', (own) => void Object.assign(own, tags));
    expect(codes).toEqual(Array(5).fill(code));
    expect(backend.lines.map((line) => line.split('{')[0]!.split(' ')[1])).toEqual([
      'run',
      'wait',
      'stop',
      'wraps',
      'own',
    ]);
    expect(metrics.stats().dropped).toEqual({});
  });

  it('an undeclared tag, and one whose value was not declared', () => {
    const timing = metrics.defineTiming('declared', { tags: { kind: ['a'] } });
    timing.timer({ other: 1 } as never, () => {});
    timing.timer({ kind: 'b' } as never, () => {});
    expect(codes).toEqual(['undeclared_tag', 'undeclared_value']);
    expect(backend.lines).toEqual([
      'timing declared{result=success} 0',
      'timing declared{kind=__other__,result=success} 0',
    ]);
  });

  it('an observed gauge', () => {
    metrics.gauge('depth', 1, { unit: 'job' });
    const gauge = metrics.defineGauge('wide', { tags: ['kind'], observe: () => 3 });
    expect(gauge).toBeDefined();
    backend.host!.collect();
    expect(backend.lines.at(-1)).toBe('gauge wide 3');
  });
});
