import assert from 'node:assert/strict';
import type { MetricsEvent, ServiceCheck } from '@metrics/core';
import { type ConformanceCheck, conformanceCheck } from './conformance-check.js';
import { seriesOf } from './series-input.js';

const AMOUNTS: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.1,
  1e-7,
  -1e-7,
  5e-324,
  1e21,
  -1e21,
  2 ** 53,
  1e308,
  1e308,
  -1e308,
  -1e308,
  1.7976931348623157e308,
];
const MEMBERS: readonly string[] = [
  '',
  ' ',
  'alice',
  'two\nlines',
  'a:1|c',
  '#,@;=',
  '\0',
  'größe',
  '名前',
  '\uD800',
  'm'.repeat(10_000),
];
const TEXTS: readonly string[] = [
  '',
  ' ',
  'n'.repeat(200),
  'größe',
  '名前',
  '👩‍👩‍👧',
  'a:1|c\nb:1|c',
  '#,@;=',
  '\0',
  '\uD800',
];

/** What the methods between `open` and `serviceCheck` promise to their caller. */
export const recordingChecks: readonly ConformanceCheck[] = [
  conformanceCheck('recording returns nothing and never throws, whatever the value', async (trial) => {
    trial.ignoreGoods();
    trial.recordEverything();
    for (const amount of AMOUNTS) {
      trial.incr(0, amount);
      trial.incr(0, amount, 1e-9);
      trial.gauge(1, amount);
      trial.timing(2, Math.abs(amount));
      trial.distribution(3, amount);
      trial.recordAt(0, amount, 1_700_000_000);
      trial.recordAt(1, amount, 1_700_000_000.5);
    }
    for (const member of MEMBERS) trial.set(4, member);
    trial.audit();
    await trial.flush();
  }),

  conformanceCheck('names, tags and texts of any content are survived', async (trial) => {
    trial.ignoreGoods();
    TEXTS.forEach((text, id) => {
      trial.open(id, { kind: 'counter', key: text, tags: { [text]: text, other: text }, instance: text });
      trial.incr(id, 1);
      trial.event({ title: text, text, aggregationKey: text, hostname: text, tags: { [text]: text } });
      trial.serviceCheck({ name: text, status: 'unknown', message: text, hostname: text, tags: { [text]: text } });
    });
    trial.audit();
    await trial.flush();
  }),

  conformanceCheck('an id that was never opened, or is not one, does not throw', async (trial) => {
    trial.recordEverything();
    for (const id of [99, 1_000_000, -1, 1.5, Number.NaN]) {
      trial.incr(id, 1);
      trial.gauge(id, 1);
      trial.timing(id, 1);
      trial.distribution(id, 1);
      trial.set(id, 'alice');
      trial.recordAt(id, 1, 1_700_000_000);
      trial.release(id);
    }
    await trial.deliver();
  }),

  conformanceCheck('what is handed over is not changed', (trial) => {
    const sketch = { kind: 'counter', key: 'given', tags: { b: '2', a: '1' }, instance: 'one' } as const;
    const event: MetricsEvent = { title: 'deployed', text: 'version 7', tags: { b: '2', a: '1' } };
    const check: ServiceCheck = { name: 'database', status: 'ok', tags: { b: '2', a: '1' } };
    const before = JSON.stringify([event, check]);
    const series = trial.open(0, sketch);
    trial.incr(0);
    trial.event(event);
    trial.serviceCheck(check);
    assert.deepEqual(series, seriesOf(sketch), 'the series');
    assert.equal(JSON.stringify([event, check]), before, 'the event and the check');
  }),

  conformanceCheck('what is handed over is not kept: its owner may change it afterwards', async (trial) => {
    const series = trial.open(0, { kind: 'counter', key: 'reused', tags: { status: '200' }, instance: 'one' });
    Object.assign(series, { kind: 'gauge', key: 'changed', name: 'conformance.changed', instance: 'two' });
    Object.assign(series.tags, { status: '500', more: 'changed' });
    const event = { title: 'deployed', text: 'version 7', tags: { status: '200' } };
    trial.event(event);
    Object.assign(event, { title: 'changed', text: 'changed' });
    const check = { name: 'database', status: 'ok', tags: { status: '200' } } as const;
    trial.serviceCheck(check);
    Object.assign(check, { name: 'changed', status: 'critical' });
    trial.incr(0, 7);
    await trial.deliver();
  }),

  conformanceCheck('optional methods are there exactly where the capabilities say so', ({ backend, capabilities }) => {
    assert.equal(backend.recordAt !== undefined, capabilities.timestamps, 'recordAt');
    assert.equal(backend.event !== undefined, capabilities.events, 'event');
    assert.equal(backend.serviceCheck !== undefined, capabilities.serviceChecks, 'serviceCheck');
    assert.equal(backend.discards === true, capabilities.discards === true, 'discards');
  }),
];
