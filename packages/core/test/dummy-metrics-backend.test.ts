import { DummyMetricsBackend } from '../src/index.js';

it('the dummy has a result for every method, and takes everything without a trace', async () => {
  const dummy = new DummyMetricsBackend();
  expect([dummy.discards, dummy.closed, dummy.replaceable]).toEqual([true, false, true]);
  await dummy.flush();
  await dummy.close();
  expect(dummy.stats()).toEqual({ accepted: 0, sent: 0, dropped: {}, pending: 0, sampledOut: 0 });
});
