import { Engine } from '../../src/engine/engine.js';
import { Gauges } from '../../src/engine/gauges.js';
import { Scope } from '../../src/facade/scope.js';
import { SeriesHandle } from '../../src/facade/series-handle.js';
import { createMetrics, type Metrics } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

let backend: JournalBackend;
let metrics: Metrics;

beforeEach(() => {
  backend = new JournalBackend();
  metrics = createMetrics({ backend });
});
afterEach(() => jest.restoreAllMocks());

/** Returns the steps that a call takes after the same calls before it. */
function stepsOf(call: () => void): string[] {
  for (let before = 0; before < 3; before += 1) call();
  const steps = {
    checkSample: jest.spyOn(Engine.prototype, 'checkSample'),
    hold: jest.spyOn(Gauges.prototype, 'hold'),
    refreshScope: jest.spyOn(Scope.prototype, 'refresh'),
    findOrAddCache: jest.spyOn(Scope.prototype, 'findOrAddCache'),
    openSeries: jest.spyOn(Scope.prototype, 'openSeries'),
    refreshHandle: jest.spyOn(SeriesHandle.prototype, 'refresh'),
  };
  backend.lines.length = 0;
  call();
  expect(backend.lines.length + backend.events.length).toBeGreaterThan(0);
  return Object.entries(steps).flatMap(([name, { mock }]) => (mock.calls.length > 0 ? [name] : []));
}

// The first series has the id 0, which is no lack of one.
it.each<[string, () => () => void, string[]]>([
  [
    'a declared counter',
    () => {
      const counter = metrics.defineCounter('x', { tags: ['a'] });
      return () => counter.incr({ a: 1 });
    },
    [],
  ],
  [
    'a handle of a counter',
    () => {
      const handle = metrics.defineCounter('x').with({});
      return () => handle.incr();
    },
    [],
  ],
  [
    'a handle of a gauge that is moved',
    () => {
      const handle = metrics.defineGauge('x').with({});
      return () => handle.add(1);
    },
    [],
  ],
  [
    'a declared gauge that is moved',
    () => {
      const gauge = metrics.defineGauge('x');
      return () => gauge.add(1);
    },
    [],
  ],
  ['a verb', () => () => metrics.incr('x', { tags: { a: 1 } }), ['checkSample']],
  [
    'a verb in a context',
    () => () => metrics.withTags({ b: 1 }, () => metrics.incr('x', { tags: { a: 1 } })),
    ['checkSample'],
  ],
  [
    'a declared timing',
    () => {
      const timing = metrics.defineTiming('x', { tags: ['a'] });
      return () => timing.record(1, { a: 1 });
    },
    ['checkSample'],
  ],
  ['an event', () => () => metrics.event({ title: 'x', text: '' }), []],
])('the fourth call of %s looks nothing up that is known', (_name, create, steps) => {
  expect(stepsOf(create())).toEqual(steps);
});

it('a gauge that is set while nothing is registered needs no handle, unless there are levels', () => {
  const early = createMetrics();
  const handles = jest.spyOn(SeriesHandle.prototype, 'refresh');
  early.defineGauge('x').set(1);
  expect(handles).not.toHaveBeenCalled();
  expect(early.stats().discarded).toBe(1);
});
