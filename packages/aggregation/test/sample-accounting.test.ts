import { SampleAccounting } from '../src/index.js';

test('a sample is buffered, in flight, then sent or dropped, and is counted once at any moment', () => {
  const accounting = new SampleAccounting();
  accounting.handOver(5);
  accounting.confirmSent(2);
  accounting.dropInFlight(1, 'send_failed');
  accounting.drop(4, 'queue_full');
  accounting.drop(1, 'send_failed');
  accounting.drop(0, 'never');
  accounting.sampleOut();
  expect(accounting.inFlight).toBe(2);
  expect(accounting.stats(10)).toEqual({
    accepted: 2 + 6 + 12,
    sent: 2,
    dropped: { send_failed: 2, queue_full: 4 },
    pending: 12,
    sampledOut: 1,
  });
});

test('losses are reported with their reason, unless their place reports them itself', () => {
  const reported: [string, number][] = [];
  const accounting = new SampleAccounting({ reportDropped: (...loss) => void reported.push(loss) });
  accounting.handOver(10);
  accounting.dropInFlight(1, 'line_too_long');
  accounting.dropInFlight(2, 'send_failed', true);
  accounting.drop(3, 'queue_full');
  accounting.drop(4, 'closed', true);
  accounting.drop(0, 'exit');
  expect(reported).toEqual([
    ['line_too_long', 1],
    ['queue_full', 3],
  ]);
});
