import { ConstantTags } from '../../src/line/constant-tags.js';
import { encodeTagKey, encodeTagValue } from '../../src/line/tag-text.js';
import { dialects } from '../../src/settings/dialect.js';

test.each([
  ['plain.key-1/x', 'plain.key-1/x'],
  ['a:b|c,d#e@f', 'a_b_c_d_e_f'],
  ['a[b]', 'a_b_'],
  ['constructor', 'constructor'],
  ['new\nline', 'new_line'],
  ['ключ', '____'],
  ['', '_'],
  ['dd.internal.entity_id', 'dd_internal_entity_id'],
  ['dd.internal.card', 'dd_internal_card'],
  ['dd.internalized', 'dd.internalized'],
  ['host', 'host'],
])('the key %j becomes %j: it has no syntax and does not identify the sender to the Agent', (key, expected) => {
  expect(encodeTagKey(key, dialects.agent)).toBe(expected);
});

test.each([
  ['a|b,c', 'a_b_c'],
  ['a:b=c;d#e@f', 'a:b=c;d#e@f'],
  ['größe 名前 😀', 'größe_名前_😀'],
  ['\n\r\t\0\u2028\u00a0', '______'],
  ['\ud800x', '_x'],
  ['', '_'],
])('the value %j becomes %j: letters stay', (value, expected) => {
  expect(encodeTagValue(value)).toBe(expected);
});

describe('constant tags', () => {
  const constants = new ConstantTags(
    [
      ['env', 'prod'],
      ['team', undefined],
      ['env', 'test'],
      ['env', 'prod'],
      ['zone', 'a,b'],
      ['dd.internal.entity_id', 'uid'],
    ],
    dialects.agent,
  );
  const encode = (tags: Record<string, string>) => {
    const conflicts: string[] = [];
    return { encoded: constants.encode(Object.entries(tags), (key) => conflicts.push(key)), conflicts };
  };

  test('are one string for every series without a tag of their keys; a key may have several values', () => {
    const all = 'env:prod,env:test,team,zone:a_b,dd.internal.entity_id:uid';
    expect(encode({})).toEqual({ encoded: [all], conflicts: [] });
    expect(encode({ status: '200' })).toEqual({ encoded: ['status:200', all], conflicts: [] });
  });

  test('are replaced by tags of a series, all of one key together; a different value is reported as a conflict', () => {
    expect(encode({ env: 'dev', status: '200' })).toEqual({
      encoded: ['env:dev', 'status:200', 'team,zone:a_b,dd.internal.entity_id:uid'],
      conflicts: ['env'],
    });
    expect(encode({ env: 'test' })).toEqual({
      encoded: ['env:test', 'team,zone:a_b,dd.internal.entity_id:uid'],
      conflicts: [],
    });
  });

  test('that are all replaced are not encoded', () => {
    const encoded = new ConstantTags([['a', '1']], dialects.agent).encode([['a', '2']], () => {});
    expect(encoded).toEqual(['a:2']);
  });

  test('tags whose encoded keys are equal are one tag', () => {
    const encoded = new ConstantTags([], dialects.agent).encode(Object.entries({ 'a b': '1', a_b: '2' }), () => {});
    expect(encoded).toEqual(['a_b:2']);
  });
});
