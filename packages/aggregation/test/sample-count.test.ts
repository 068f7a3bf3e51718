import { captureArrays } from 'test-kit/capture-arrays';
import { SampleAccounting, SampleBuffer, SlotTable } from '../src/index.js';

test.each([
  ['counter', (buffer: SampleBuffer) => buffer.incr(0, 1, 1)],
  ['gauge', (buffer: SampleBuffer) => buffer.gauge(0, 1)],
] as const)('the count of a %s does not wrap after billions of samples without a drain', (kind, record) => {
  // Counting that far would take minutes: the test sets the column that counts.
  const { arrays: columns, result: buffer } = captureArrays('Uint32Array', () => {
    return new SampleBuffer({ slots: new SlotTable(() => {}), accounting: new SampleAccounting() });
  });
  buffer.open(0, kind, [0]);
  let samples = 0;
  const count = (_slot: number, _value: number, counted: number): void => void (samples += counted);
  const writer = { counter: count, gauge: count } as never;
  record(buffer);
  expect(columns.map((column) => column[0])).toEqual([1]);
  for (let turn = 0; turn < 2; turn += 1) {
    columns[0]![0] = 2 ** 32 - 1;
    record(buffer);
    record(buffer);
  }
  buffer.drainSlot(0, writer);
  expect(samples).toBe(2 * (2 ** 32 - 1) + 2);
  record(buffer);
  buffer.drainSlot(0, writer);
  expect(samples).toBe(2 * (2 ** 32 - 1) + 3);
});
