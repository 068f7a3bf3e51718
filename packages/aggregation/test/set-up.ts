import { SampleAccounting, SampleBuffer, type SampleBufferOptions, SlotTable } from '../src/index.js';
import { RecordingWriter } from './recording-writer.js';

/** Returns a buffer with all it needs, and a function that drains it. */
export function setUp(options: Partial<SampleBufferOptions> = {}) {
  const released: number[] = [];
  const slots = new SlotTable((fragment) => released.push(fragment));
  const accounting = new SampleAccounting();
  const buffer = new SampleBuffer({ slots, accounting, ...options });
  const writer = new RecordingWriter(slots, accounting);
  const drain = (): void => {
    buffer.drainQueue(writer, writer);
    for (let slot = 0; slot < slots.bound; slot += 1) {
      buffer.drainSlot(slot, writer);
      buffer.drainQueue(writer, writer);
    }
  };
  const stats = () => accounting.stats(buffer.buffered);
  const values = () => writer.written.map(({ value }) => value);
  return { buffer, drain, accounting, released, slots, stats, values, writer };
}
