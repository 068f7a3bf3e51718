import fc from 'fast-check';
import { SlotQueue } from '../../src/totals/slot-queue.js';

test('a queue of slots behaves as a Set of them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('push', 'delete', 'shift'), fc.oneof(fc.nat(6), fc.nat(100))), {
        maxLength: 100,
      }),
      (calls) => {
        const queue = new SlotQueue();
        const model = new Set<number>();
        for (const [call, slot] of calls) {
          if (call === 'push' && !model.has(slot)) {
            queue.push(slot);
            model.add(slot);
          } else if (call === 'delete') {
            queue.delete(slot);
            model.delete(slot);
          } else if (call === 'shift') {
            const [first = -1] = model;
            model.delete(first);
            expect(queue.shift()).toBe(first);
          }
          expect([queue.size, queue.has(slot)]).toEqual([model.size, model.has(slot)]);
        }
      },
    ),
  );
});
