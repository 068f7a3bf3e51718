import type { MetricsEvent } from '@metrics/core';
import { eventJson, invalidEventField } from '../../src/payload/event-json.js';
import { started } from '../started.js';

const DEFAULTS = { host: 'web-1', now: 1_790_000_000_500, tags: [] };

test('the date of an event is in whole seconds', () => {
  for (const timestamp of [undefined, 1_790_000_000, 1_790_000_000.7]) {
    const event: MetricsEvent = { title: 'deployed', text: '', timestamp };
    expect(invalidEventField(event)).toBeUndefined();
    expect(JSON.parse(eventJson(event, DEFAULTS))).toMatchObject({ date_happened: 1_790_000_000 });
  }
});

test.each<[string, object, string]>([
  ['timestamp', { timestamp: Number.NaN }, 'NaN'],
  ['timestamp', { timestamp: Number.POSITIVE_INFINITY }, 'Infinity'],
  ['timestamp', { timestamp: new Date() }, 'an object'],
  ['timestamp', { timestamp: '1790000000' }, '"1790000000"'],
  ['alertType', { alertType: 'fatal' }, '"fatal"'],
  ['alertType', { alertType: 'constructor' }, '"constructor"'],
  ['priority', { priority: 'high' }, '"high"'],
])('an event whose %s the intake would not accept is never sent: %j', async (field, fields, value) => {
  await using all = await started();
  const { backend, intake, problems } = all;
  backend.event({ title: 'deployed', text: '', ...fields });
  backend.event({ title: 'right', text: '' });
  await backend.flush();
  expect(intake.events.map(({ title }) => title)).toEqual(['right']);
  expect(backend.stats()).toMatchObject({ sent: 1, dropped: { invalid_value: 1 } });
  expect(problems).toMatchObject([{ code: 'invalid_value' }]);
  expect(problems[0]!.message).toContain(`The ${field} of an event is invalid: ${value}`);
});
