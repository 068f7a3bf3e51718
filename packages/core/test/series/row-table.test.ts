import { RowTable } from '../../src/series/row-table.js';

test('an id has a row from its insertion to its removal', () => {
  const rows = new RowTable();
  const has = (): number[] => Array.from({ length: 40 }, (_, id) => id).filter((id) => rows.has(id));
  expect(has()).toEqual([]);
  for (let value = 0; value < 20; value += 1) rows.insert([value]);
  expect(has()).toEqual(Array.from({ length: 20 }, (_, id) => id));
  rows.remove(3);
  expect([rows.has(2), rows.has(3), rows.has(4)]).toEqual([true, false, true]);
});

test('a row without integers is one, too', () => {
  const rows = new RowTable();
  const id = rows.insert([]);
  expect([rows.has(id), rows.length(id), rows.find([]), rows.find([0])]).toEqual([true, 0, id, -1]);
});
