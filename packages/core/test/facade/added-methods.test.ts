import type { MetricsFacade } from '../../src/facade/metrics-facade.js';
import { MetricsFacade as Facade } from '../../src/facade/metrics-facade.js';
import { addMissingMethods } from '../../src/facade/missing-methods.js';
import { createMetrics, DummyMetricsBackend, type Problem } from '../../src/index.js';

/** A facade of another version: its prototype has these methods only. */
const older = (methods: object): MetricsFacade => Object.create(Object.create(methods)) as MetricsFacade;

describe('a facade of another version gets the methods that it lacks', () => {
  it('which do what their callers expect, and count and report each sample', () => {
    const calls: unknown[] = [];
    const missMethods = (...given: unknown[]): void => void calls.push(given[0]);
    const incr = jest.fn();
    const names = Reflect.ownKeys(Facade.prototype).filter((name) => name !== 'distribution' && name !== 'timer');
    const shared = older({ ...Object.fromEntries(names.map((name) => [name, incr])), missMethods });
    expect(addMissingMethods(shared)).toBe(shared);
    const both = 'distribution(), timer()';
    shared.distribution('size', 1);
    expect(calls).toEqual([both, undefined]);
    expect(shared.timer('t', () => 5)).toBe(5);
    expect(calls).toEqual([both, undefined, both, undefined]);
    shared.incr('x');
    expect(incr).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['incr', ['x']],
    ['gauge', ['x', 1, { timestamp: 5 }]],
    ['timing', ['x', 1]],
    ['distribution', ['x', 1]],
    ['set', ['x', 'm']],
    ['event', [{ title: 'x', text: '' }]],
    ['serviceCheck', [{ name: 'x', status: 'ok' }]],
  ] as const)('such as %s, whose sample is counted once', (verb, args) => {
    let counted = 0;
    const missMethods = (methods?: string): void => {
      if (methods === undefined) counted += 1;
    };
    const shared = addMissingMethods(older({ missMethods }));
    (shared[verb] as (...given: readonly unknown[]) => void)(...args);
    expect(counted).toBe(1);
    expect(Object.keys(shared)).toEqual([]);
  });

  it('also if it is a plain object, or cannot count', () => {
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation();
    const plain = addMissingMethods({} as MetricsFacade);
    plain.incr('x');
    expect(emitWarning).not.toHaveBeenCalled();
    emitWarning.mockRestore();
    expect(plain.timer('t', () => 5)).toBe(5);
    expect('missMethods' in plain).toBe(false);
    expect('incr' in {}).toBe(false);
    const child = Object.create(Object.getPrototypeOf(addMissingMethods(older({ name: 'older' })))) as MetricsFacade;
    expect(child.timer('t', () => 6)).toBe(6);
  });

  it('and can be replaced, as test tools do', () => {
    const shared = addMissingMethods(older({}));
    const spy = jest.spyOn(shared, 'incr').mockImplementation();
    shared.incr('x');
    expect(spy).toHaveBeenCalledWith('x');
    spy.mockRestore();
    shared.incr('x');
    Object.defineProperty(Object.getPrototypeOf(shared), 'gauge', { value: () => 9 });
    expect(shared.gauge('x', 1)).toBe(9);
    expect(Reflect.deleteProperty(Object.getPrototypeOf(shared), 'set')).toBe(true);
    shared.event = () => {};
    expect(Object.keys(shared)).toEqual(['event']);
  });
});

it('methods that this version lacks are a problem, and each of their samples a drop', () => {
  const problems: Problem[] = [];
  const metrics = createMetrics({
    backend: new DummyMetricsBackend(),
    onError: (problem) => problems.push(problem),
  }) as MetricsFacade;
  metrics.missMethods('histogram(), meter()');
  expect(metrics.stats().dropped).toEqual({});
  metrics.missMethods();
  metrics.missMethods();
  expect(metrics.stats().dropped).toEqual({ missing_method: 2 });
  expect(problems).toEqual([
    {
      code: 'missing_method',
      count: 1,
      message:
        'Two versions of @metrics/core are loaded, and the first one lacks histogram(), meter(): their samples are dropped. Install one version; npm ls @metrics/core shows them.',
    },
  ]);
});
