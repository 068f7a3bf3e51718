import { EventEmitter } from 'node:events';
import { createMetrics, type Metrics } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

let backend: JournalBackend;
let metrics: Metrics;

beforeEach(() => {
  backend = new JournalBackend();
  metrics = createMetrics({ backend });
});

/** Uses every method, as one that was taken from its object. */
async function useAll(given: Metrics): Promise<void> {
  const { incr, gauge, timing, distribution, set, event, serviceCheck, timer, startTimer, wraps, timed } = given;
  const { withTags, addTags, child, defineCounter, defineGauge, stats, cardinality, flush, close, register } = given;
  incr('a');
  gauge('b', 2);
  timing('c', 3);
  distribution('d', 4);
  set('e', 'f');
  event({ title: 'g', text: '' });
  serviceCheck({ name: 'h', status: 'ok' });
  expect(timer('i', () => 5)).toBe(5);
  startTimer('j').stop();
  expect(wraps('k', () => 6)()).toBe(6);
  expect(timed('l')).toBeInstanceOf(Function);
  withTags({ m: 1 }, () => addTags({ n: 1 }));
  child({ prefix: 'o.' }).incr('p');
  const { incr: count } = defineCounter('q');
  count(2);
  const { set: setGauge } = defineGauge('r');
  setGauge(7);
  expect(stats().series).toBeGreaterThan(8);
  expect(cardinality().series).toBeGreaterThan(8);
  await flush();
  await close();
  register(new JournalBackend()).dispose();
  expect(backend.lines.length).toBe(11);
}

test('Methods that are taken from the facade work', () => useAll(metrics));
test('Methods of a child that are taken from it work', () => useAll(metrics.child({ tags: { s: 1 } })));
test('Methods of a proxy of a child work', () => useAll(new Proxy(metrics.child({ tags: { s: 1 } }), {})));
test('Methods of an object that inherits from a child work', () =>
  useAll(Object.create(metrics.child({ tags: { s: 1 } })) as Metrics));
test('A proxy of the facade works', () => useAll(new Proxy(metrics, {})));
test('An object that inherits from the facade works', () => useAll(Object.create(metrics) as Metrics));

test('A method of the facade is passed to forEach: it gets an index and a list, which are reported', () => {
  const codes: string[] = [];
  const own = createMetrics({ backend, onError: ({ code }) => codes.push(code) });
  ['a', 'b'].forEach(own.incr as never);
  expect(codes).toEqual(['invalid_options', 'invalid_options']);
  expect(backend.lines).toEqual([]);
  ['a', 'b'].forEach((key) => own.incr(key));
  expect(backend.lines).toEqual(['counter a 1', 'counter b 1']);
});

test('A method can be replaced, as test tools do', () => {
  const spy = jest.spyOn(metrics, 'incr');
  metrics.incr('x');
  expect(spy).toHaveBeenCalledWith('x');
  expect(backend.lines).toEqual(['counter x 1']);
  expect(Object.keys(metrics)).toEqual([]);
});

test('A method of a child can be replaced, also before it was used', () => {
  const child = metrics.child({ prefix: 'a.' });
  const spy = jest.spyOn(child, 'incr');
  child.incr('x');
  expect(spy).toHaveBeenCalledWith('x');
  spy.mockRestore();
  child.incr('y');
  child.gauge = () => {};
  child.gauge('z', 1);
  expect(backend.lines).toEqual(['counter a.x 1', 'counter a.y 1']);
  expect(Object.keys(child)).toEqual([]);
});

test('A child binds a method when it is first used, so a child for each request is cheap', () => {
  const child = metrics.child({ prefix: 'a.' });
  expect(Object.getOwnPropertyNames(child)).toEqual([]);
  child.incr('x');
  expect(Object.getOwnPropertyNames(child)).toEqual(['incr']);
  expect(child.incr).toBe(child.incr);
});

test('A method of a handle without its handle records nothing, never throws into the application, and warns once', async () => {
  const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation();
  const handles = {
    incr: metrics.defineCounter('counter').with({}).incr,
    set: metrics.defineGauge('gauge').with({}).set,
    time: metrics.defineTiming('timing').with({}).record,
    record: metrics.defineDistribution('distribution').with({}).record,
    add: metrics.defineSet('set').with({}).add,
  };
  for (const method of Object.values(handles) as ((value?: unknown) => void)[]) {
    method();
    method(1);
    [1, 2].forEach(method);
    // `this` is another object: a list, the emitter, a timer, an object whose fields have names of ours.
    [method][0]!(1);
    const emitter = Object.assign(new EventEmitter(), { engine: {} }).on('event', method);
    emitter.emit('event', 1);
    emitter.emit('event');
    await new Promise<void>((resolve) => {
      setTimeout(method, 0, 1);
      setTimeout(resolve, 5);
    });
    method.call({ engine: metrics, kind: 'counter', record: 5 }, 1);
  }
  expect(backend.lines).toEqual([]);
  const details = { type: 'MetricsWarning', code: 'detached_handle' };
  expect(emitWarning.mock.calls).toEqual([[expect.stringMatching('without its handle'), details]]);
});
