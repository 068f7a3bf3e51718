// Which samples an export delivers, and what becomes of series that are released meanwhile.
import type { BackendStats } from '@metrics/core';
import { CUMULATIVE, DELTA, pointsOf, setUpReader } from './reader-set-up.js';

const counts = ({ accepted, sent, pending, dropped }: BackendStats) => ({ accepted, sent, pending, dropped });

test('samples are pending until their part arrives, those of a part that did not are in the next', () => {
  for (const temporality of [CUMULATIVE, DELTA]) {
    const { open, record, parts, reader, stats } = setUpReader();
    open(0, 'counter', 'jobs');
    open(1, 'gauge', 'pool');
    for (const id of [0, 0, 0, 1, 1]) record(id === 0 ? 'counter' : 'gauge', id, 1);
    expect([reader.buffered, counts(stats())]).toEqual([5, { accepted: 5, sent: 0, pending: 5, dropped: {} }]);
    const failing = [...parts(temporality, 1)];
    expect([reader.buffered, counts(stats())]).toEqual([0, { accepted: 5, sent: 0, pending: 5, dropped: {} }]);
    record('counter', 0, 1);
    reader.restore(failing[0]!);
    reader.confirm(failing[1]!);
    expect([reader.buffered, counts(stats())]).toEqual([4, { accepted: 6, sent: 2, pending: 4, dropped: {} }]);
    for (const part of parts(temporality)) {
      expect(pointsOf(part)[0]).toMatchObject({ name: 'jobs', value: 4 });
      reader.confirm(part);
    }
    expect([reader.buffered, counts(stats())]).toEqual([0, { accepted: 6, sent: 6, pending: 0, dropped: {} }]);
  }
});

test('a gauge that was set again while an export failed has its new value', () => {
  for (const temporality of [CUMULATIVE, DELTA]) {
    const { open, record, parts, reader, exportAll } = setUpReader();
    open(0, 'gauge', 'pool');
    record('gauge', 0, 5);
    const failing = [...parts(temporality)];
    record('gauge', 0, 7);
    for (const part of failing) reader.restore(part);
    expect(exportAll(temporality)).toMatchObject([{ value: 7 }]);
  }
});

test('a sample that is in no total is not pending', () => {
  const { record, reader, stats } = setUpReader();
  record('counter', 7, 1);
  expect([reader.buffered, counts(stats())]).toEqual([
    0,
    { accepted: 1, sent: 0, pending: 0, dropped: { unknown_series: 1 } },
  ]);
});

test.each([1, -1])(
  'hundreds of series count their samples each, and under delta only those with new ones are exported',
  (order) => {
    const { open, record, exportAll, parts, reader, stats } = setUpReader();
    const ids = Array.from({ length: 300 }, (_, id) => id);
    for (const id of ids) open(id, 'counter', 'jobs', { id: `${id}` });
    const used = ids.filter((id) => id % 7 !== 3);
    let made = 0;
    for (const id of order > 0 ? used : used.toReversed())
      for (let call = 0; call <= id; call += 1) {
        record('counter', id, 1);
        made += 1;
      }
    for (const part of parts(DELTA)) {
      expect(part.readings.map(({ samples }) => samples)).toEqual(used.map((id) => id + 1));
      reader.restore(part);
    }
    expect(exportAll(DELTA).map(({ attributes, value }) => [attributes['id'], value])).toEqual(
      used.map((id) => [`${id}`, id + 1]),
    );
    expect(exportAll(DELTA)).toEqual([]);
    expect(counts(stats())).toEqual({ accepted: made, sent: made, pending: 0, dropped: {} });
  },
);

test('samples that no export delivered are dropped under the reason of their end, and are in no later one', () => {
  const { open, record, exportAll, reader, stats } = setUpReader();
  open(0, 'counter', 'jobs');
  open(1, 'counter', 'others');
  for (const id of [0, 0, 1]) record('counter', id, 1);
  reader.dropAll('exit');
  expect([reader.buffered, counts(stats())]).toEqual([0, { accepted: 3, sent: 0, pending: 0, dropped: { exit: 3 } }]);
  record('counter', 1, 1);
  expect(exportAll(DELTA)).toMatchObject([{ name: 'others' }]);
  expect(counts(stats())).toEqual({ accepted: 4, sent: 1, pending: 0, dropped: { exit: 3 } });
});

test('samples of series that are forgotten before an export are dropped with them', () => {
  const { open, record, totals, reader, exportAll, stats } = setUpReader({ maxReleased: 1 });
  for (const [id, name] of ['a', 'b', 'c'].entries()) {
    open(id, 'counter', name);
    for (let call = 0; call <= id; call += 1) record('counter', id, 1);
    totals.release(id, false);
  }
  expect([reader.buffered, counts(stats())]).toEqual([
    3,
    { accepted: 6, sent: 0, pending: 3, dropped: { forgotten: 3 } },
  ]);
  expect(exportAll(CUMULATIVE)).toMatchObject([{ name: 'c', value: 3 }]);
  // One whose samples were delivered loses nothing.
  open(3, 'counter', 'd');
  totals.release(3, false);
  expect(counts(stats())).toEqual({ accepted: 6, sent: 3, pending: 0, dropped: { forgotten: 3 } });
});

test('a series that ended is exported once more and then forgotten, an idle one under delta only', () => {
  for (const temporality of [CUMULATIVE, DELTA]) {
    const { open, record, totals, exportAll } = setUpReader();
    for (const [id, name] of ['ended', 'idle', 'used'].entries()) {
      open(id, 'counter', name);
      record('counter', id, 1);
    }
    totals.release(0, true);
    totals.release(1, false);
    expect(exportAll(temporality)).toHaveLength(3);
    expect([...totals.families].map(({ definition: { name } }) => name)).toEqual(
      temporality === DELTA ? ['used'] : ['idle', 'used'],
    );
  }
});

test('under delta a series that is released after its last export is forgotten at the next, without a point', () => {
  const { open, record, totals, exportAll } = setUpReader();
  open(0, 'counter', 'jobs');
  record('counter', 0, 1);
  exportAll(DELTA);
  totals.release(0, false);
  expect([exportAll(DELTA), totals.size]).toEqual([[], 0]);
});

test.each([
  [CUMULATIVE, false],
  [CUMULATIVE, true],
  [DELTA, false],
  [DELTA, true],
])(
  'series that are released while an export is under way are bounded as all others; temporality %i, ended: %s',
  (temporality, ended) => {
    const { open, record, totals, parts, reader, exportAll, stats } = setUpReader({ maxReleased: 3 });
    for (let id = 0; id < 50; id += 1) {
      open(id, 'counter', 'jobs', { id: `${id}` });
      record('counter', id, 1);
      const underWay = [...parts(temporality)];
      totals.release(id, ended);
      for (const part of underWay) reader.confirm(part);
    }
    exportAll(temporality);
    expect(totals.size).toBe(ended || temporality === DELTA ? 0 : 3);
    expect(counts(stats())).toEqual({ accepted: 50, sent: 50, pending: 0, dropped: {} });
  },
);

test.each([CUMULATIVE, DELTA])(
  'series that are released while one export after the other fails are bounded, and what is lost is counted; temporality %i',
  (temporality) => {
    for (const ended of [false, true]) {
      const { open, record, totals, parts, reader, exportAll, stats } = setUpReader({ maxReleased: 3 });
      for (let id = 0; id < 50; id += 1) {
        open(id, 'counter', 'jobs', { id: `${id}` });
        record('counter', id, 1);
        const underWay = [...parts(temporality)];
        totals.release(id, ended);
        for (const part of underWay) reader.restore(part);
        expect(totals.size).toBeLessThanOrEqual(3);
      }
      const arrived = exportAll(temporality).map(({ attributes }) => attributes['id']);
      expect(new Set(arrived)).toEqual(new Set(['47', '48', '49']));
      expect(counts(stats())).toEqual({ accepted: 50, sent: 3, pending: 0, dropped: { forgotten: 47 } });
    }
  },
);

test('series that end while an export is under way, and those that take their places, are not in its later parts', () => {
  const { open, record, totals, parts, reader } = setUpReader();
  for (let id = 0; id < 6; id += 1) {
    open(id, 'counter', 'jobs', { id: `${id}` });
    record('counter', id, 1);
    reader.confirm([...parts(CUMULATIVE)].at(-1)!);
  }
  const points: unknown[] = [];
  for (const part of parts(CUMULATIVE, 2)) {
    points.push(...pointsOf(part).map(({ name, attributes }) => `${name} ${attributes['id']}`));
    reader.confirm(part);
    totals.release(3, true);
    totals.release(4, true);
    open(9, 'gauge', 'pool');
    record('gauge', 9, 1);
  }
  expect(points).toEqual(['jobs 0', 'jobs 1', 'jobs 2', 'jobs 5']);
});

test('an SDK that collects is not asked what arrived: samples are sent when counted, and slots are free again', () => {
  const { open, record, totals, parts, reader, stats } = setUpReader({ isPulled: true, maxReleased: 0 });
  open(0, 'counter', 'jobs');
  open(1, 'counter', 'others');
  for (const id of [0, 0, 1]) record('counter', id, 1);
  expect([reader.buffered, counts(stats())]).toEqual([3, { accepted: 3, sent: 0, pending: 3, dropped: {} }]);
  reader.confirmAll();
  expect([reader.buffered, counts(stats())]).toEqual([0, { accepted: 3, sent: 3, pending: 0, dropped: {} }]);
  for (const part of parts(CUMULATIVE)) {
    expect(pointsOf(part).map(({ value }) => value)).toEqual([2, 1]);
    reader.release(part);
  }
  record('counter', 0, 1);
  // Nothing waits for an export, so nothing is lost with it.
  totals.release(0, true);
  totals.release(1, false);
  reader.confirmAll();
  expect([totals.size, counts(stats())]).toEqual([0, { accepted: 4, sent: 4, pending: 0, dropped: {} }]);
});
