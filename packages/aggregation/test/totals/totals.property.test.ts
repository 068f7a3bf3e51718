import fc from 'fast-check';
import type { TotalKind } from '../../src/index.js';
import { BOUNDS, setUpTotals } from './totals-set-up.js';

const KINDS: readonly TotalKind[] = ['counter', 'up-down', 'gauge', 'histogram', 'set'];
const MAX_RELEASED = 3;

interface Model {
  readonly kind: TotalKind;
  total: number;
  readonly counts: number[];
  readonly members: Set<string>;
}

const call = fc.record({
  verb: fc.constantFrom('open', 'release', 'end', 'incr', 'gauge', 'value', 'set'),
  id: fc.nat(7),
  series: fc.nat(5),
  number: fc.oneof(
    fc.integer({ min: -20, max: 200 }),
    fc.constantFrom(1e308, -1e308, Number.NaN, Number.POSITIVE_INFINITY),
  ),
});

test('totals are those of a naive model, whatever is opened, released, ended and recorded', () => {
  fc.assert(
    fc.property(fc.array(call, { maxLength: 120 }), (calls) => {
      const { totals, labels, accounting, open, read } = setUpTotals({ maxReleased: MAX_RELEASED });
      const series = new Map<string, Model>();
      const ids = new Map<number, string>();
      const released: string[] = [];
      let recorded = 0;
      let made = 0;
      const release = (id: number, ended: boolean): void => {
        const name = ids.get(id);
        ids.delete(id);
        if (name === undefined || [...ids.values()].includes(name)) return;
        if (ended) series.delete(name);
        else released.push(name);
        if (released.length > MAX_RELEASED) series.delete(released.shift()!);
      };
      for (const { verb, id, series: number, number: value } of calls) {
        const kind = KINDS[number % KINDS.length]!;
        const name = `${kind} of.${kind} label${number}`;
        if (verb === 'open') {
          release(id, false);
          open(id, `of.${kind}`, kind, [`label${number}`]);
          ids.set(id, name);
          if (released.includes(name)) released.splice(released.indexOf(name), 1);
          if (!series.has(name))
            series.set(name, {
              kind,
              total: kind === 'gauge' ? Number.NaN : 0,
              counts: Array.from({ length: BOUNDS.length + 1 }, () => 0),
              members: new Set(),
            });
        } else if (verb === 'release' || verb === 'end') {
          release(id, verb === 'end');
          totals.release(id, verb === 'end');
        } else {
          made += 1;
          const slot = verb === 'set' ? totals.set(id, `${value}`) : totals[verb](id, value);
          const model = series.get(ids.get(id) ?? '');
          if (recordInModel(model, verb, value)) recorded += 1;
          else expect(slot).toBe(-1);
        }
        expect(read()).toEqual(
          Object.fromEntries(
            [...series].map(([key, { kind: of, total, counts, members }]) => [
              key,
              of === 'histogram' ? [total, ...counts] : of === 'set' ? members.size : total,
            ]),
          ),
        );
      }
      const dropped = Object.values(accounting.stats(0).dropped).reduce((sum, count) => sum + count, 0);
      expect(recorded + dropped).toBe(made);
      // Nothing is kept for series that are gone.
      for (let id = 0; id < 8; id += 1) totals.release(id, true);
      for (let id = 0; id <= MAX_RELEASED; id += 1) {
        open(100 + id, `flush${id}`, 'counter');
        totals.release(100 + id, false);
      }
      expect([totals.size, labels.size]).toEqual([MAX_RELEASED, 0]);
    }),
  );
});

function recordInModel(model: Model | undefined, verb: string, value: number): boolean {
  if (model?.kind === 'set' && verb === 'set') {
    model.members.add(`${value}`);
    return true;
  }
  const next = verb === 'gauge' ? value : (model?.total ?? 0) + value;
  if (model === undefined || !Number.isFinite(next)) return false;
  const { kind } = model;
  const fits =
    (verb === 'incr' && (kind === 'up-down' || (kind === 'counter' && value >= 0))) ||
    (verb === 'gauge' && kind === 'gauge') ||
    (verb === 'value' && kind === 'histogram');
  if (!fits) return false;
  model.total = next;
  const index = BOUNDS.findIndex((bound) => value <= bound);
  model.counts[index === -1 ? BOUNDS.length : index]! += 1;
  return true;
}
