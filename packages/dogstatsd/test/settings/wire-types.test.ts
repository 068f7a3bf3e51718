import { seriesOf } from 'test-kit/series-of';
import { slotKindOf, type WireTypes } from '../../src/settings/wire-types.js';

const types: WireTypes = {
  'legacy.latency.*': 'h',
  'legacy.latency.exact': 'ms',
  '*.bytes': 'ms',
  exact: 'd',
  timing: 'h',
};

test.each([
  ['timing', 'shop.', 'db.query', 'histogram'],
  ['distribution', 'shop.', 'size', 'distribution'],
  ['distribution', 'shop.', 'legacy.latency.x', 'histogram'],
  ['distribution', 'legacy.', 'latency.x', 'histogram'],
  ['timing', '', 'legacy.latency.exact', 'histogram'],
  ['distribution', 'shop.', 'received.bytes', 'timing'],
  ['timing', 'shop.', 'exact', 'distribution'],
  ['timing', 'shop.', 'exactly', 'histogram'],
  ['counter', '', 'exact', 'counter'],
  ['gauge', '', 'x.bytes', 'gauge'],
  ['set', '', 'legacy.latency.x', 'set'],
] as const)('a %s %s%s is a %s', (kind, prefix, key, expected) => {
  const series = seriesOf(kind, key, { name: prefix + key });
  expect(slotKindOf(series, types, 'd')).toBe(expected);
});

test('without options a timing is a timing, and the dialect decides about distributions', () => {
  expect(slotKindOf(seriesOf('timing', 'x'), {}, 'h')).toBe('timing');
  expect(slotKindOf(seriesOf('distribution', 'x'), {}, 'h')).toBe('histogram');
  expect(slotKindOf(seriesOf('distribution', 'x'), { distribution: 'ms' }, 'h')).toBe('timing');
});
