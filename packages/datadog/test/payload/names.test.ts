import fc from 'fast-check';
import { metricName } from '../../src/payload/metric-name.js';
import { tagText } from '../../src/payload/tag-text.js';

test.each([
  ['shop.orders', 'shop.orders'],
  ['Shop.Orders_2', 'Shop.Orders_2'],
  ['shop orders/total-2', 'shop_orders_total_2'],
  ['größe', 'gr__e'],
  ['5xx', 'm_5xx'],
  ['_private', 'm__private'],
  ['n'.repeat(300), 'n'.repeat(200)],
])('the name %s is written as %s', (name, written) => {
  expect(metricName(name)).toBe(written);
});

test('the name of a histogram leaves room for the suffixes of its series', () => {
  const name = metricName('n'.repeat(300), true);
  expect(`${name}.75percentile`).toHaveLength(200);
  expect(metricName(name, true)).toBe(name);
  expect(metricName('query', true)).toBe('query');
});

test.each([
  ['status', '200', 'status:200'],
  ['Country', 'AT', 'country:at'],
  ['route', '/users/:id?page=2', 'route:/users/:id_page_2'],
  ['größe', 'groß', 'größe:groß'],
  ['a b', ' two  spaces ', 'a_b:_two_spaces'],
  ['5', 'x', 't_5:x'],
  ['_hidden', 'x', 't_hidden:x'],
  ['empty', '', 'empty'],
  ['trailing', 'x__', 'trailing:x'],
  ['lone', '\ud800', 'lone'],
])('the tag %s with the value %j is written as %s', (key, value, written) => {
  expect(tagText(key, value)).toBe(written);
});

test.each([185, 196, 197, 198, 199, 200])('a tag is cut between two characters: %i letters, then pairs', (length) => {
  // Two halves in UTF-16, and a letter.
  const characters = Array.from(`k:${'x'.repeat(length - 2)}${'𠮷'.repeat(9)}`);
  let expected = '';
  for (const character of characters) if (expected.length + character.length <= 200) expected += character;
  expect(tagText('k', characters.slice(2).join(''))).toBe(expected);
});

const text = fc.string({ unit: 'binary', maxLength: 250 });

test('names and tags follow the rules of Datadog, and do not change when they are written again', () => {
  fc.assert(
    fc.property(text, text, (key, value) => {
      const name = metricName(key);
      expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_.]{0,199}$/);
      expect(metricName(name)).toBe(name);
      const tag = tagText(key, value);
      expect(tag.length).toBeLessThanOrEqual(200);
      expect(tag).toMatch(/^\p{L}[\p{L}\p{N}_\-:./]*$/u);
      expect(tag).not.toMatch(/__|[_:]$/);
      const [again, ...rest] = tag.split(':');
      if (rest.length > 0 && rest.join(':') !== '') expect(tagText(again!, rest.join(':'))).toBe(tag);
    }),
  );
});
