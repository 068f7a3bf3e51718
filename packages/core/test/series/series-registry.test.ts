import type { MetricFamily } from '../../src/series/metric-family.js';
import { SeriesRegistry } from '../../src/series/series-registry.js';
import { NOT_FOUND } from '../../src/series/series-result.js';
import { TagDraft } from '../../src/series/tag-draft.js';

function familyOf(id: number, key: string): MetricFamily {
  return {
    id,
    key,
    name: `app.${key}`,
    kind: 'counter',
    unit: 'request',
    internal: false,
    description: undefined,
    buckets: undefined,
    declaredTags: undefined,
    isTimed: false,
  };
}

function setUp() {
  const families = [familyOf(0, 'hits'), familyOf(1, 'misses')];
  const registry = new SeriesRegistry(families);
  const draftOf = (tags: Readonly<Record<string, string>>): TagDraft => {
    const draft = new TagDraft();
    for (const [key, value] of Object.entries(tags)) draft.add(key, value, registry.tags);
    return draft;
  };
  return { draftOf, families, registry };
}

test('a series is found by its family and all its tags', () => {
  const { draftOf, families, registry } = setUp();
  const [hits, misses] = families as [MetricFamily, MetricFamily];
  const id = registry.open(hits, draftOf({ region: 'eu', '': 'worker' }));
  expect(registry.find(hits, draftOf({ '': 'worker', region: 'eu' }))).toBe(id);
  const used = draftOf({ '': 'worker', region: 'eu', unknown: 'tag' });
  used.remove(2);
  expect(registry.find(hits, used)).toBe(id);
  expect(registry.find(misses, draftOf({ '': 'worker', region: 'eu' }))).toBe(NOT_FOUND);
  expect(registry.find(hits, draftOf({ region: 'eu' }))).toBe(NOT_FOUND);
  expect(registry.find(hits, draftOf({ region: 'eu', '': 'other' }))).toBe(NOT_FOUND);
  expect(registry.toSeries(id)).toStrictEqual({
    kind: 'counter',
    key: 'hits',
    name: 'app.hits',
    instance: 'worker',
    tags: [['region', 'eu']],
    unit: 'request',
    internal: false,
    description: undefined,
    buckets: undefined,
  });
  expect(registry.tagsOf(id)).toMatchObject({ keys: ['', 'region'], values: ['worker', 'eu'], count: 2 });
});

test('thousands of series have their own marks and handles; a released one leaves no tag', () => {
  const { draftOf, families, registry } = setUp();
  expect(registry.handles).toEqual([]);
  // A draft is used again, so it still has tags of the call before.
  const draft = draftOf({ a: '1', b: '2', c: '3' });
  const ids = Array.from({ length: 1000 }, (_, index) => {
    draft.clear();
    draft.add('shared', 'yes', registry.tags);
    draft.add('own', `${index}`, registry.tags);
    const id = registry.open(families[index % 2]!, draft);
    expect(registry.recentlyUsed.length).toBeGreaterThan(id);
    return id;
  });
  expect(registry.recentlyUsed.length).toBeGreaterThanOrEqual(1000);
  expect(registry.tags.size).toBe(1001);
  registry.handles[ids[5]!] = 'a handle';
  for (const id of ids) if (id % 2 === 1) registry.release(id);
  expect(registry.handles[ids[5]!]).toBeUndefined();
  expect(registry.tags.size).toBe(501);
  const visited: number[] = [];
  registry.forEach((id) => visited.push(id));
  expect(visited).toEqual(ids.filter((id) => id % 2 === 0));
  expect(visited.map((id) => registry.family(id).key)).toEqual(visited.map(() => 'hits'));
  for (const id of visited) registry.release(id);
  expect([registry.tags.size, registry.rows.size]).toEqual([0, 0]);
});
