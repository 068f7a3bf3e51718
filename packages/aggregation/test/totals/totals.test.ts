import { setUpTotals } from './totals-set-up.js';

afterEach(() => jest.useRealTimers());

test('a counter that is released and comes back continues, and one that ended starts again', () => {
  const { totals, open, read } = setUpTotals();
  for (const [id, ended] of [
    [0, false],
    [1, false],
    [2, true],
    [3, true],
  ] as const) {
    open(id, 'jobs', 'counter', ['a']);
    totals.incr(id, 3);
    totals.release(id, ended);
    expect(read()).toEqual(ended ? {} : { 'counter jobs a': 3 * (id + 1) });
  }
});

test('a family of another kind under a name in use is rejected until the name is free', () => {
  const { totals, accounting, problems, open, read } = setUpTotals();
  open(0, 'jobs', 'counter', ['a']);
  open(1, 'jobs', 'gauge', ['b']);
  totals.gauge(1, 7);
  expect(read()).toEqual({ 'counter jobs a': 0 });
  expect(accounting.stats(0).dropped).toEqual({ name_conflict: 1 });
  expect(problems).toMatchObject([{ code: 'name_conflict', metric: 'jobs' }]);
  totals.release(0, true);
  totals.release(1, false);
  open(1, 'jobs', 'gauge', ['b']);
  totals.gauge(1, 7);
  expect(read()).toEqual({ 'gauge jobs b': 7 });
});

test('a set shows the distinct members of the last whole window, and of the first one so far', () => {
  jest.useFakeTimers();
  const { totals, open, read } = setUpTotals({ setWindow: 1000 });
  open(0, 'users', 'set');
  const readings: unknown[] = [];
  for (const members of [['ann', 'bob', 'ann'], ['ann'], [], [], ['eve']]) {
    for (const member of members) totals.set(0, member);
    readings.push(read()['set users ']);
    jest.advanceTimersByTime(1000);
  }
  expect(readings).toEqual([2, 2, 1, 0, 0]);
});

test('a released series with unread samples that ended is forgotten once they are read', () => {
  const unread = new Set<number>();
  const forgotten: number[] = [];
  const { totals, open } = setUpTotals({
    isUnread: (slot) => unread.has(slot),
    onForget: (slot) => forgotten.push(slot),
  });
  open(0, 'jobs', 'counter');
  const slot = totals.incr(0, 1);
  unread.add(slot);
  totals.release(0, true);
  totals.settle(slot);
  expect([totals.size, forgotten]).toEqual([1, []]);
  unread.clear();
  totals.settle(slot);
  expect([totals.size, forgotten]).toEqual([0, [slot]]);
});

test('a series that is released while a reader holds its slot is bounded and forgotten as any other', () => {
  for (const ended of [false, true]) {
    const { totals, open } = setUpTotals({ maxReleased: 3 });
    for (let id = 0; id < 20; id += 1) {
      open(id, `jobs${id}`, 'counter');
      const slot = totals.incr(id, 1);
      totals.slots.retainSlot(slot);
      totals.release(id, ended);
      totals.slots.releaseSlot(slot);
      totals.settle(slot);
    }
    expect(totals.size).toBe(ended ? 0 : 3);
  }
});

test('after the close a series that is read pushes no other out, whose last samples are still to be read', () => {
  const { totals, open } = setUpTotals({ maxReleased: 1 });
  for (const [id, name] of ['a', 'b', 'c'].entries()) open(id, name, 'counter');
  const slots = [0, 1, 2].map((id) => totals.incr(id, 1));
  totals.close();
  for (const slot of slots) totals.settle(slot);
  expect(totals.size).toBe(3);
});

test('a series of two ids ends with the last of them', () => {
  for (const [first, last] of [
    [true, false],
    [false, true],
  ] as const) {
    const { totals, open } = setUpTotals();
    open(0, 'jobs', 'counter');
    open(1, 'jobs', 'counter');
    const slot = totals.incr(0, 1);
    totals.release(0, first);
    totals.settle(slot);
    expect(totals.incr(1, 1)).toBe(slot);
    totals.release(1, last);
    totals.settle(slot);
    expect(totals.size).toBe(last ? 0 : 1);
  }
});

test('a reader that holds the slot of the series to be forgotten first keeps it until the next ones', () => {
  const { totals, open, read } = setUpTotals({ maxReleased: 1 });
  open(0, 'a', 'counter');
  const slot = totals.incr(0, 1);
  totals.release(0, false);
  totals.slots.retainSlot(slot);
  open(1, 'b', 'counter');
  totals.release(1, false);
  expect(Object.keys(read())).toEqual(['counter a ', 'counter b ']);
  totals.slots.releaseSlot(slot);
  for (const [id, name] of ['c', 'd', 'e'].entries()) {
    open(id, name, 'counter');
    totals.release(id, false);
  }
  expect(read()).not.toHaveProperty('counter a ');
});

test('a reader to whom old totals mean nothing forgets a series that is only released, others keep it', () => {
  const { totals, open, read } = setUpTotals();
  open(0, 'jobs', 'counter');
  const slot = totals.incr(0, 1);
  totals.settle(slot, true);
  expect(read()).toEqual({ 'counter jobs ': 1 });
  totals.release(0, false);
  totals.settle(slot);
  expect(read()).toEqual({ 'counter jobs ': 1 });
  expect(totals.slots.isUsed(slot)).toBe(true);
  totals.settle(slot, true);
  expect([read(), totals.slots.isUsed(slot)]).toEqual([{}, false]);
});

test('a series that comes back after its end and before its samples were read has not ended', () => {
  const { totals, open } = setUpTotals({ isUnread: () => isUnread });
  let isUnread = true;
  open(0, 'jobs', 'counter');
  const slot = totals.incr(0, 1);
  totals.release(0, true);
  open(0, 'jobs', 'counter');
  totals.release(0, false);
  isUnread = false;
  totals.settle(slot);
  expect(totals.size).toBe(1);
});

test('an id that is rejected keeps the total of the series it had, and one that opens after the close reports nothing', () => {
  const { totals, open, read, problems } = setUpTotals();
  open(0, 'jobs', 'counter');
  totals.incr(0, 3);
  totals.reject(0, 'empty_name');
  expect(read()).toEqual({ 'counter jobs ': 3 });
  totals.close();
  open(1, 'others', 'counter');
  expect([totals.closed, read(), problems]).toEqual([true, { 'counter jobs ': 3 }, []]);
});

test('hundreds of series of every kind have their totals, starts and rows, and rows are used again', () => {
  jest.useFakeTimers({ now: 1000 });
  const { totals, open, read } = setUpTotals();
  const kinds = ['counter', 'histogram', 'gauge', 'set', 'up-down'] as const;
  const expected: Record<string, unknown> = {};
  const slots: number[] = [];
  for (let id = 0; id < 300; id += 1) {
    const kind = kinds[id % 5]!;
    open(id, kind, kind, [`${id}`]);
    const value = id % 150;
    if (kind === 'gauge') slots.push(totals.gauge(id, value));
    else if (kind === 'set') slots.push(totals.set(id, 'ann'));
    else slots.push(kind === 'histogram' ? totals.value(id, value) : totals.incr(id, value));
    const counts = [value <= 1, value > 1 && value <= 10, value > 10 && value <= 100, value > 100].map(Number);
    expected[`${kind} ${kind} ${id}`] = kind === 'set' ? 1 : kind === 'histogram' ? [value, ...counts] : value;
    jest.advanceTimersByTime(10);
  }
  expect(read()).toEqual(expected);
  expect(slots.map((slot) => totals.startedAt(slot))).toEqual(slots.map((_, id) => 1000 + id * 10));
  totals.restartAt(slots[7]!, 5);
  totals.addTo(slots[7]!, -2);
  expect([totals.startedAt(slots[7]!), totals.total(slots[7]!)]).toEqual([5, 5]);
  const rows = new Set(slots.filter((_, id) => id % 5 === 1).map((slot) => totals.row(slot)));
  expect(rows).toEqual(new Set(Array.from({ length: 60 }, (_, row) => row)));
  for (let id = 0; id < 300; id += 1) totals.release(id, true);
  open(0, 'again', 'histogram');
  expect(rows.has(totals.row(totals.value(0, 1)))).toBe(true);
});

test('the windows of a set begin with the totals, whenever that is', () => {
  jest.useFakeTimers();
  for (const before of [0, 300, 700, 1900]) {
    jest.advanceTimersByTime(before);
    const { totals, open, read } = setUpTotals({ setWindow: 1000 });
    open(0, 'users', 'set');
    totals.set(0, 'ann');
    jest.advanceTimersByTime(999);
    totals.set(0, 'bob');
    expect(read()['set users ']).toBe(2);
    jest.advanceTimersByTime(1);
    totals.set(0, 'eve');
    expect(read()['set users ']).toBe(2);
    jest.advanceTimersByTime(1000);
    expect(read()['set users ']).toBe(1);
  }
});
