import { started } from './started.js';

it('each reason for which a sample is dropped before a request is reported once', async () => {
  await using running = await started();
  const { backend, open, problems } = running;
  for (let event = 0; event < 1005; event += 1) backend.event({ title: `event ${event}`, text: '' });
  const nameless = open('counter', '');
  for (let call = 0; call < 3; call += 1) backend.incr(nameless, 1);
  backend.set(open('set', 'users'), 'm'.repeat(1025));
  backend.incr(12_345, 1);
  expect(backend.stats().dropped).toEqual({ queue_full: 5, empty_name: 3, member_too_long: 1, unknown_series: 1 });
  expect(problems.map(({ code }) => code)).toEqual(['queue_full', 'empty_name', 'member_too_long', 'unknown_series']);
});
