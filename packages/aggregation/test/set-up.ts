import { Columns, type ColumnsOptions, SampleLedger, SlotTable } from '../src/index.js';
import { RecordingWriter } from './recording-writer.js';

/** Columns with everything around them, drained by hand. */
export function setUp(options: Partial<ColumnsOptions> = {}) {
  const released: number[] = [];
  const slots = new SlotTable((fragment) => released.push(fragment));
  const ledger = new SampleLedger();
  const columns = new Columns({ slots, ledger, ...options });
  const writer = new RecordingWriter(slots, ledger);
  const drain = (): void => {
    columns.drainQueue(writer);
    for (let slot = 0; slot < slots.bound; slot += 1) {
      columns.drainSlot(slot, writer);
      columns.drainQueue(writer);
    }
  };
  const stats = () => ledger.stats(columns.held);
  const values = () => writer.written.map(({ value }) => value);
  return { columns, drain, ledger, released, slots, stats, values, writer };
}
