/* oxlint-disable unicorn/no-thenable -- thenables are results of timed functions */
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

describe('what the timed function gives', () => {
  const recorded = (): string[] => backend.lines.map((line) => /result=(\w+)/.exec(line)?.[1] ?? '');

  it.each([
    ['a promise with a method', () => Object.assign(Promise.resolve(1), { cancel: () => 'canceled' }), 'success'],
    ['a promise with a symbol', () => Object.assign(Promise.resolve(1), { [Symbol('meta')]: 1 }), 'success'],
    ['a promise that rejects', () => Object.assign(Promise.reject(new Error('no')), { cancel() {} }), 'failure'],
    ['a subclass', () => new (class extends Promise<number> {})((resolve) => resolve(1)), 'success'],
    ['a thenable', () => ({ then: (resolve: (value: number) => void) => resolve(1) }), 'success'],
    ['a frozen thenable', () => Object.freeze({ then: (resolve: (value: number) => void) => resolve(1) }), 'success'],
    [
      'a thenable that rejects',
      () => ({ then: (_: unknown, reject: (error: unknown) => void) => reject(5) }),
      'failure',
    ],
  ])('comes back as it is: %s', async (_name, create, result) => {
    const given = create();
    const returned: unknown = metrics.timer('run', () => given);
    expect(returned).toBe(given);
    await Promise.resolve(given).catch(() => {});
    expect(recorded()).toEqual([result]);
    await Promise.resolve(given).catch(() => {});
    expect(recorded()).toEqual([result]);
  });

  it('is not run by the timer if it is lazy, and not run twice', async () => {
    let runs = 0;
    class Query {
      rows = 1;
      where(): this {
        this.rows += 1;
        return this;
      }
      async then<Result>(resolve: (rows: number) => Result): Promise<Result> {
        runs += 1;
        clock += 5;
        return resolve(this.rows);
      }
    }
    const query = metrics.timer('query', () => new Query());
    expect(runs).toBe(0);
    expect(await query.where()).toBe(2);
    expect(runs).toBe(1);
    expect(backend.lines).toEqual(['timing query{result=success} 5']);
  });

  it('a plain promise comes back as another one, so that Node.js still reports a rejection that is not handled', async () => {
    for (const isWithContext of [false, true]) {
      // Since then, Node.js puts symbols on every promise.
      if (isWithContext) metrics.withTags({ a: 1 }, () => {});
      const given = Promise.resolve(5);
      const returned = metrics.timer('run', () => given);
      expect(returned).not.toBe(given);
      expect(await returned).toBe(5);
    }
    expect(recorded()).toEqual(['success', 'success']);
  });

  it.each([5, null, {}, 'text'])('has a then that is %p and no method: it is no promise', (then) => {
    const given = { then };
    expect(metrics.timer('run', () => given)).toBe(given);
    expect(recorded()).toEqual(['success']);
    expect(Object.getOwnPropertyDescriptor(given, 'then')!.value).toBe(then);
  });

  it('may be awaited without callbacks, or with one of them, as any thenable', async () => {
    class Query {
      readonly #result: () => Promise<number>;
      constructor(result: () => Promise<number>) {
        this.#result = result;
      }
      then(...callbacks: Parameters<Promise<number>['then']>): Promise<unknown> {
        return this.#result().then(...callbacks);
      }
    }
    const start = (result: () => Promise<number>): Query => metrics.timer('run', () => new Query(result));
    const error = new Error('no');
    const [succeed, fail] = [async () => 5, () => Promise.reject(error)];
    expect(await start(succeed).then(null)).toBe(5);
    expect(await start(succeed).then(null, () => 6)).toBe(5);
    expect(await start(succeed).then((value) => value + 1)).toBe(6);
    expect(await start(fail).then(null, (reason) => [reason])).toEqual([error]);
    await expect(start(fail).then(null)).rejects.toBe(error);
    await expect(start(fail).then((value) => value)).rejects.toBe(error);
    expect(recorded()).toEqual([...Array(3).fill('success'), ...Array(3).fill('failure')]);
    const descriptor = Object.getOwnPropertyDescriptor(start(succeed), 'then');
    expect(descriptor).toMatchObject({ writable: true, configurable: true, enumerable: false });
  });

  it('has a method then that throws when it is read: the result is still returned', () => {
    const given = Object.defineProperty({}, 'then', {
      get() {
        throw new Error('no');
      },
    });
    expect(metrics.timer('run', () => given)).toBe(given);
    expect(recorded()).toEqual(['success']);
  });
});

describe('tags and options of a timer that are invalid', () => {
  const throwing = {
    get tags(): never {
      throw new Error('no');
    },
  };
  const throwingTag = {
    get a(): never {
      throw new Error('no');
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();

  it.each<[string, unknown, string]>([
    ['an array', { tags: ['x'] }, 'invalid_tags'],
    ['a Map', { tags: new Map([['a', 1]]) }, 'invalid_tags'],
    ['a string', { tags: 'x' }, 'invalid_tags'],
    ['tags with a getter that throws', { tags: throwingTag }, 'recording_failed'],
    ['options with a getter that throws', throwing, 'recording_failed'],
    ['a revoked proxy', { tags: proxy }, 'recording_failed'],
    ['a number in place of options', 5, 'invalid_options'],
  ])('%s: the function runs, and its sample is dropped and reported', (_name, options, reason) => {
    const codes: string[] = [];
    metrics = createMetrics({ backend: (backend = new JournalBackend()), onError: ({ code }) => codes.push(code) });
    expect(metrics.timer('run', options as never, () => 7)).toBe(7);
    expect(metrics.wraps('wrapped', options as never, () => 7)()).toBe(7);
    expect(metrics.startTimer('wait', options as never).stop()).toBe(0);
    expect(backend.lines).toEqual([]);
    expect(metrics.stats().dropped).toEqual({ [reason]: 3 });
    expect(new Set(codes)).toEqual(new Set([reason]));
  });

  it.each<[string, unknown, string]>([
    ['an array', ['x'], 'invalid_tags'],
    ['a getter that throws', throwingTag, 'recording_failed'],
    ['a revoked proxy', proxy, 'recording_failed'],
  ])('of a declared timing, a handle and a stop: %s', (_name, tags, reason) => {
    metrics = createMetrics({ backend, onError: () => {} });
    const timing = metrics.defineTiming('declared', { tags: ['a', '0'] });
    expect(timing.timer(tags as never, () => 7)).toBe(7);
    timing.with(tags as never).record(1);
    metrics.startTimer('stop').stop(tags as never);
    metrics.startTimer('stop', { tags: { b: 1 } }).stop(tags as never);
    expect(backend.lines).toEqual([]);
    expect(metrics.stats().dropped).toEqual({ [reason]: 4 });
  });
});

describe('a wrapped function or class', () => {
  it('keeps its own properties, symbols, prototype and what reflect-metadata knows', () => {
    const symbol = Symbol('mine');
    const original = Object.assign(async (a: number) => a, { route: '/a', [symbol]: 1 });
    const metadata = new Map<unknown, Map<unknown, unknown>>([[original, new Map([['guards', ['admin']]])]]);
    const reflect = Reflect as unknown as Record<string, unknown>;
    reflect['getOwnMetadataKeys'] = (target: unknown) => [...(metadata.get(target)?.keys() ?? [])];
    reflect['getOwnMetadata'] = (key: unknown, target: unknown) => metadata.get(target)?.get(key);
    reflect['defineMetadata'] = (key: unknown, value: unknown, target: unknown) =>
      void metadata.set(target, (metadata.get(target) ?? new Map()).set(key, value));
    try {
      const wrapped = metrics.wraps('run', original);
      expect([wrapped.route, wrapped[symbol], Reflect.ownKeys(wrapped)]).toEqual(['/a', 1, Reflect.ownKeys(original)]);
      expect(Object.getPrototypeOf(wrapped)).toBe(Object.getPrototypeOf(original));
      expect(metadata.get(wrapped)).toEqual(new Map([['guards', ['admin']]]));

      class Controller {
        get(): string {
          return 'secret';
        }
      }
      const descriptor = Object.getOwnPropertyDescriptor(Controller.prototype, 'get')!;
      metadata.set(descriptor.value, new Map([['guards', ['admin']]]));
      const decorated = metrics.timed('run')(Controller.prototype, 'get', descriptor) as PropertyDescriptor;
      expect(metadata.get(decorated.value)?.get('guards')).toEqual(['admin']);
    } finally {
      for (const name of ['getOwnMetadataKeys', 'getOwnMetadata', 'defineMetadata']) delete reflect[name];
    }
  });

  it('is timed although its metadata cannot be copied', () => {
    const reflect = Reflect as unknown as Record<string, unknown>;
    reflect['getOwnMetadataKeys'] = () => ['guards'];
    try {
      expect(metrics.wraps('run', () => 5)()).toBe(5);
      const defined: unknown[] = [];
      reflect['defineMetadata'] = (...given: unknown[]) => defined.push(given.slice(0, 2));
      expect(metrics.wraps('run', () => 6)()).toBe(6);
      expect(defined).toEqual([['guards', undefined]]);
    } finally {
      for (const name of ['getOwnMetadataKeys', 'defineMetadata']) delete reflect[name];
    }
  });

  it('can be constructed and extended', () => {
    class Base {
      static readonly kind = 'base';
      readonly target: unknown;
      readonly x: number;
      constructor(x: number) {
        clock += 2;
        this.target = new.target;
        this.x = x;
      }
    }
    const Wrapped = metrics.wraps('new', Base);
    class Derived extends Wrapped {}
    const one = new Wrapped(5);
    expect([one.x, one instanceof Base, one instanceof Wrapped, one.target, Wrapped.kind]).toEqual([
      5,
      true,
      true,
      Base,
      'base',
    ]);
    expect(new Derived(6)).toBeInstanceOf(Derived);
    expect(backend.lines).toEqual(Array(2).fill('timing new{result=success} 2'));
  });

  it('compiles with default parameters, overloads and type parameters', () => {
    const double = metrics.wraps('run', (x = 5) => x * 2);
    const scaled = metrics.wraps('run', { tags: { a: 1 } }, (x: number, by = 3): number => x * by);
    const same = metrics.wraps('run', <Value>(value: Value): Value => value);
    const result: number = double() + scaled(2) + same(1);
    expect(result).toBe(17);
    const text: string = same('x');
    expect(text).toBe('x');
  });
});

describe('timed on other members', () => {
  it('decorates getters, setters, fields, accessors, static methods and classes in the standard way', () => {
    @metrics.timed('class')
    class Service {
      #value = 1;
      @metrics.timed('field')
      field = (by: number): number => this.#value + by;
      @metrics.timed('plain')
      plain = 5;
      @metrics.timed('accessor')
      accessor handler = (by: number): number => this.#value * by;
      @metrics.timed('get')
      get value(): number {
        return this.#value;
      }
      @metrics.timed('set')
      set value(value: number) {
        this.#value = value;
      }
      @metrics.timed('static')
      static create(): Service {
        return new Service();
      }
    }
    const service = Service.create();
    service.value = 4;
    expect([service.value, service.field(1), service.plain, service.handler(2)]).toEqual([4, 5, 5, 8]);
    expect(backend.lines.map((line) => line.split(/[ {]/)[1])).toEqual([
      'class',
      'static',
      'set',
      'get',
      'field',
      'accessor',
    ]);
  });

  it('decorates accessors, fields and classes in the legacy way', () => {
    class Service {
      get value(): number {
        return 3;
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(Service.prototype, 'value')!;
    const timed = metrics.timed('get')(Service.prototype, 'value', descriptor) as PropertyDescriptor;
    Object.defineProperty(Service.prototype, 'value', timed);
    expect(new Service().value).toBe(3);
    const values: number[] = [];
    const setter = { set: (value: number) => void values.push(value), configurable: true };
    const timedSetter = metrics.timed('set')(Service.prototype, 'last', setter) as PropertyDescriptor;
    expect(timedSetter).toEqual({ set: expect.any(Function), configurable: true });
    timedSetter.set!(7);
    expect(values).toEqual([7]);
    expect(metrics.timed('field')(Service.prototype, 'field', undefined)).toBeUndefined();
    const Class = metrics.timed('class')(Service) as typeof Service;
    expect(new Class()).toBeInstanceOf(Service);
    expect(backend.lines.map((line) => line.split(/[ {]/)[1])).toEqual(['get', 'set', 'class']);
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
