import fc from 'fast-check';
import type { FamilyDefinition, TotalKind } from '../../src/index.js';
import { Family, FamilyTable } from '../../src/totals/family-table.js';

const DEFINITION: FamilyDefinition = {
  name: 'jobs',
  exportedNames: ['jobs_total', 'jobs'],
  kind: 'counter',
  divisor: 1,
  metric: 'jobs',
  description: undefined,
  unit: undefined,
  rows: undefined,
};

test('a family has its slots in order until one is removed, whose place the last one takes', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(), { freq: 2, nil: undefined }), { maxLength: 100 }), (choices) => {
      const family = new Family(-1, DEFINITION);
      const model: number[] = [];
      choices.forEach((choice, slot) => {
        if (choice === undefined || model.length === 0) {
          expect(family.add(slot)).toBe(model.length);
          model.push(slot);
        } else {
          const last = model.pop()!;
          const position = choice % (model.length + 1);
          if (position < model.length) model[position] = last;
          expect(family.removeAt(position)).toBe(last);
        }
        expect([...family.slots()]).toEqual(model);
      });
    }),
  );
});

test('the slots that a reader has do not change while others come and go', () => {
  const family = new Family(-1, DEFINITION);
  for (const slot of [5, 6, 7]) family.add(slot);
  const slots = family.slots();
  family.removeAt(0);
  family.add(8);
  expect([...slots]).toEqual([5, 6, 7]);
});

test.each<[string, Partial<FamilyDefinition>]>([
  ['kind', { kind: 'up-down' }],
  ['unit of what is recorded', { divisor: 1000 }],
  ['metric whose name looks alike', { metric: 'jobs.total' }],
])('a series of another %s does not belong to the family of its name', (_, change) => {
  const table = new FamilyTable();
  const family = table.findOrAdd(DEFINITION);
  expect(table.findOrAdd({ ...DEFINITION, ...change })).toBeUndefined();
  expect(table.findOrAdd({ ...DEFINITION, description: 'another', unit: 'another' })).toBe(family);
});

test('each name that a family is exported under is its own until its last reference, whatever comes and goes', () => {
  const names = fc.constantFrom<readonly string[]>(
    ['a'],
    ['a_total', 'a'],
    ['a', 'a_sum', 'a_count'],
    ['b'],
    ['a_sum', 'b_sum'],
    ['c'],
  );
  const kinds = fc.constantFrom<TotalKind>('counter', 'gauge');
  fc.assert(
    fc.property(fc.array(fc.tuple(names, kinds, fc.nat(5)), { maxLength: 60 }), (calls) => {
      const table = new FamilyTable();
      const model = new Map<number, FamilyDefinition>();
      for (const [exportedNames, kind, choice] of calls) {
        const id = [...model.keys()][choice];
        if (id !== undefined) {
          const family = table.get(id);
          expect(family.definition).toBe(model.get(id));
          table.release(id);
          if (family.references === 0) model.delete(id);
        }
        const definition = { ...DEFINITION, metric: exportedNames.join(), exportedNames, kind };
        const owner = [...model].find(([, { exportedNames: used }]) =>
          used.some((name) => exportedNames.includes(name)),
        );
        const family = table.findOrAdd(definition);
        if (owner === undefined) expect(family!.definition).toBe(definition);
        else if (owner[1].metric === definition.metric && owner[1].kind === kind) expect(family!.id).toBe(owner[0]);
        else expect(family).toBeUndefined();
        if (family !== undefined) {
          family.references += 1;
          if (owner === undefined) model.set(family.id, definition);
        }
        expect([...table].map(({ id: each }) => each)).toEqual([...model.keys()].toSorted((one, other) => other - one));
        // The ids are reused, so they stay small.
        for (const each of model.keys()) expect(each < 0 && each >= -6).toBe(true);
      }
    }),
  );
});
