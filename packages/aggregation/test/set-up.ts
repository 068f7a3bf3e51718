import { SampleAccounting, SampleBuffer, type SampleBufferOptions, SlotTable } from '../src/index.js';
import { RecordingWriter } from './recording-writer.js';

/** SampleBuffer with everything around them, drained by hand. */
export function setUp(options: Partial<SampleBufferOptions> = {}) {
  const released: number[] = [];
  const slots = new SlotTable((fragment) => released.push(fragment));
  const ledger = new SampleAccounting();
  const columns = new SampleBuffer({ slots, accounting: ledger, ...options });
  const writer = new RecordingWriter(slots, ledger);
  const drain = (): void => {
    columns.drainQueue(writer);
    for (let slot = 0; slot < slots.bound; slot += 1) {
      columns.drainSlot(slot, writer);
      columns.drainQueue(writer);
    }
  };
  const stats = () => ledger.stats(columns.buffered);
  const values = () => writer.written.map(({ value }) => value);
  return { columns, drain, ledger, released, slots, stats, values, writer };
}
