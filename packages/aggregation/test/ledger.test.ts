import * as backend from '@metrics/core/backend';
import { SampleAccounting, SampleBuffer, SlotTable } from '../src/index.js';

jest.mock('@metrics/core/backend', () => ({
  __esModule: true,
  ...jest.requireActual<object>('@metrics/core/backend'),
}));

test('the ledger of a series does not wrap after four billion samples without a drain', () => {
  const columns: ArrayLike<number>[] = [];
  const { grow } = backend;
  jest.spyOn(backend, 'grow').mockImplementation((column, fill) => {
    const grown = grow(column, fill);
    columns.push(grown);
    return grown;
  });
  const slots = new SlotTable(() => {});
  const accounting = new SampleAccounting();
  const buffer = new SampleBuffer({ slots, accounting });
  for (let id = 0; id < 17; id += 1) buffer.open(id, 'counter', [id]);
  buffer.incr(3, 1, 1);
  // Counting that far would take seconds: the test sets every column that counted the sample.
  for (const column of columns as number[][]) if (column[3] === 1) column[3] = 2 ** 32 - 1;
  buffer.incr(3, 1, 1);
  let samples = 0;
  const writer = { counter: (_slot: number, _sum: number, count: number) => (samples += count) };
  for (let slot = 0; slot < 17; slot += 1) buffer.drainSlot(slot, writer as never);
  expect(samples).toBe(2 ** 32);
});
