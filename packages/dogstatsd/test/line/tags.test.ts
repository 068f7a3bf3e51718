import { ConstantTags } from '../../src/line/constant-tags.js';
import { tagKey, tagValue } from '../../src/line/tag-text.js';

test.each([
  ['plain.key-1/x', 'plain.key-1/x'],
  ['a:b|c,d#e@f', 'a_b_c_d_e_f'],
  ['new\nline', 'new_line'],
  ['ключ', '____'],
  ['', '_'],
  ['dd.internal.entity_id', 'dd_internal_entity_id'],
  ['dd.internal.card', 'dd_internal_card'],
  ['dd.internalized', 'dd.internalized'],
  ['host', 'host'],
])('the key %j becomes %j: no syntax, and nothing that tells the Agent who sends', (key, expected) => {
  expect(tagKey(key)).toBe(expected);
});

test.each([
  ['a|b,c', 'a_b_c'],
  ['a:b=c;d#e@f', 'a:b=c;d#e@f'],
  ['größe 名前 😀', 'größe_名前_😀'],
  ['\n\r\t\0\u2028\u00a0', '______'],
  ['\ud800x', '_x'],
  ['', '_'],
])('the value %j becomes %j: letters stay', (value, expected) => {
  expect(tagValue(value)).toBe(expected);
});

describe('constant tags', () => {
  const constants = new ConstantTags([
    ['env', 'prod'],
    ['team', undefined],
    ['env', 'test'],
    ['zone', 'a,b'],
    ['dd.internal.entity_id', 'uid'],
  ]);
  const render = (tags: Record<string, string>) => {
    const conflicts: string[] = [];
    return { texts: constants.render(Object.entries(tags), (key) => conflicts.push(key)), conflicts };
  };

  test('are one text for every series without a tag of their keys; of equal keys the later wins', () => {
    const all = 'env:test,team,zone:a_b,dd.internal.entity_id:uid';
    expect(render({})).toEqual({ texts: [all], conflicts: [] });
    expect(render({ status: '200' })).toEqual({ texts: ['status:200', all], conflicts: [] });
  });

  test("give way to a series' own, which is told where the values differ", () => {
    expect(render({ env: 'dev', status: '200' })).toEqual({
      texts: ['env:dev', 'status:200', 'team,zone:a_b,dd.internal.entity_id:uid'],
      conflicts: ['env'],
    });
    expect(render({ env: 'test' })).toEqual({
      texts: ['env:test', 'team,zone:a_b,dd.internal.entity_id:uid'],
      conflicts: [],
    });
  });

  test('that are all replaced leave nothing', () => {
    const texts = new ConstantTags([['a', '1']]).render([['a', '2']], () => {});
    expect(texts).toEqual(['a:2']);
  });

  test('keys that become equal are one tag', () => {
    expect(new ConstantTags([]).render(Object.entries({ 'a b': '1', a_b: '2' }), () => {})).toEqual(['a_b:2']);
  });
});
