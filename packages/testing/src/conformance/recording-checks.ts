import assert from 'node:assert/strict';
import type { MetricsEvent, ServiceCheck, TagPairs } from '@metrics/core';
import { type ConformanceCheck, conformanceCheck } from './conformance-check.js';
import { toSeries } from './series-input.js';

const TAGS: TagPairs = [
  ['a', '1'],
  ['b', '2'],
];

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
const STRINGS: readonly string[] = [
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

/** The rules of the recording methods, from `open` to `serviceCheck`. */
export const recordingChecks: readonly ConformanceCheck[] = [
  conformanceCheck('recording returns nothing and never throws, whatever the value', async (run) => {
    run.ignoreDelivered();
    run.recordEverything();
    for (const amount of AMOUNTS) {
      run.incr(0, amount);
      run.incr(0, amount, 1e-9);
      run.gauge(1, amount);
      run.timing(2, Math.abs(amount));
      run.distribution(3, amount);
      run.recordAt(0, amount, 1_700_000_000);
      run.recordAt(1, amount, 1_700_000_000.5);
    }
    for (const member of MEMBERS) run.set(4, member);
    run.checkStats();
    await run.flush();
  }),

  conformanceCheck('accepts any string as name, tag or text', async (run) => {
    run.ignoreDelivered();
    STRINGS.forEach((string, id) => {
      run.open(id, { kind: 'counter', key: string, tags: { [string]: string, other: string }, instance: string });
      run.incr(id, 1);
      run.event({ title: string, text: string, aggregationKey: string, hostname: string, tags: [[string, string]] });
      run.serviceCheck({
        name: string,
        status: 'unknown',
        message: string,
        hostname: string,
        tags: [[string, string]],
      });
    });
    run.checkStats();
    await run.flush();
  }),

  conformanceCheck('an id that was never opened, or is not one, does not throw', async (run) => {
    run.recordEverything();
    for (const id of [99, 1_000_000, -1, 1.5, Number.NaN]) {
      run.incr(id, 1);
      run.gauge(id, 1);
      run.timing(id, 1);
      run.distribution(id, 1);
      run.set(id, 'alice');
      run.recordAt(id, 1, 1_700_000_000);
      run.release(id);
    }
    await run.deliver();
  }),

  conformanceCheck('objects that are passed in are not changed', (run) => {
    const input = { kind: 'counter', key: 'given', tags: { b: '2', a: '1' }, instance: 'one' } as const;
    const event: MetricsEvent = { title: 'deployed', text: 'version 7', tags: TAGS };
    const check: ServiceCheck = { name: 'database', status: 'ok', tags: TAGS };
    const before = JSON.stringify([event, check]);
    const series = run.open(0, input);
    run.incr(0);
    run.event(event);
    run.serviceCheck(check);
    assert.deepEqual(series, toSeries(input), 'the series');
    assert.equal(JSON.stringify([event, check]), before, 'the event and the check');
  }),

  conformanceCheck('objects that are passed in are not kept: the caller may change them afterwards', async (run) => {
    const series = run.open(0, { kind: 'counter', key: 'reused', tags: { status: '200' }, instance: 'one' });
    Object.assign(series, { kind: 'gauge', key: 'changed', name: 'conformance.changed', instance: 'two' });
    Object.assign(series.tags[0]!, ['status', '500']);
    const event: MetricsEvent = { title: 'deployed', text: 'version 7', tags: [['status', '200']] };
    run.event(event);
    Object.assign(event, { title: 'changed', text: 'changed' });
    const check: ServiceCheck = { name: 'database', status: 'ok', tags: [['status', '200']] };
    run.serviceCheck(check);
    Object.assign(check, { name: 'changed', status: 'critical' });
    run.incr(0, 7);
    await run.deliver();
  }),

  conformanceCheck(
    'the backend has exactly the optional methods that its capabilities list',
    ({ backend, capabilities }) => {
      assert.equal(backend.recordAt !== undefined, capabilities.timestamps, 'recordAt');
      assert.equal(backend.event !== undefined, capabilities.events, 'event');
      assert.equal(backend.serviceCheck !== undefined, capabilities.serviceChecks, 'serviceCheck');
      assert.equal(backend.discards === true, capabilities.discards === true, 'discards');
    },
  ),
];
