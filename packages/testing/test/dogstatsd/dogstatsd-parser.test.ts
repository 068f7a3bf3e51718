import * as fc from 'fast-check';
import { type DogStatsdMessage, DogStatsdSyntaxError, parseDogStatsd } from '../../src/servers.js';
import { anyMessage } from './any-dogstatsd-message.js';
import { renderDogStatsd } from './dogstatsd-renderer.js';

// Every construct is documented at https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/; lines marked
// "vendor's" are the examples of that page.

const parsed = (line: string): DogStatsdMessage => {
  const messages = parseDogStatsd(`${line}\n`);
  expect(messages).toHaveLength(1);
  return messages[0]!;
};

function errorOf(packet: Uint8Array | string, maxBytes?: number): DogStatsdSyntaxError {
  try {
    parseDogStatsd(packet, { maxBytes });
  } catch (error) {
    if (error instanceof DogStatsdSyntaxError) return error;
    throw error;
  }
  throw new Error(`Accepted: ${JSON.stringify(packet)}`);
}

const values = { sampleRate: 1, tags: {} };

// https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/?tab=metrics
describe('metrics', () => {
  test.each<[line: string, message: object]>([
    // The vendor's examples.
    ['page.views:1|c', { type: 'c', name: 'page.views', values: [1], ...values }],
    ['fuel.level:0.5|g', { type: 'g', name: 'fuel.level', values: [0.5], ...values }],
    ['song.length:240|h|@0.5', { type: 'h', name: 'song.length', values: [240], sampleRate: 0.5, tags: {} }],
    ['users.uniques:1234|s', { type: 's', name: 'users.uniques', member: '1234', tags: {} }],
    [
      'users.online:1|c|#country:china',
      { type: 'c', name: 'users.online', values: [1], sampleRate: 1, tags: { country: 'china' } },
    ],
    [
      'users.online:1|c|@0.5|#country:china',
      { type: 'c', name: 'users.online', values: [1], sampleRate: 0.5, tags: { country: 'china' } },
    ],
    [
      'custom_metric:60|g|#shell',
      { type: 'g', name: 'custom_metric', values: [60], sampleRate: 1, tags: { shell: '' } },
    ],
    // The other types, and all forms of numbers.
    ['a:12.5|ms', { type: 'ms', name: 'a', values: [12.5], ...values }],
    ['a:-0.0000001|d', { type: 'd', name: 'a', values: [-1e-7], ...values }],
    ['a:0|d|@1', { type: 'd', name: 'a', values: [0], ...values }],
    ['a:-5|ms', { type: 'ms', name: 'a', values: [-5], ...values }],
    // The Agent reads a sign as part of the value, not as a delta.
    ['a:-5|g', { type: 'g', name: 'a', values: [-5], ...values }],
    ['a-b/c;d=e{f}:1|c', { type: 'c', name: 'a-b/c;d=e{f}', values: [1], ...values }],
    ['_e:1|c', { type: 'c', name: '_e', values: [1], ...values }],
    ['u:é 🦊,#@|s', { type: 's', name: 'u', member: 'é 🦊,#@', tags: {} }],
    // Rates whose inverse is an integer, also after rounding.
    ['a:1|d|@0.3333', { type: 'd', name: 'a', values: [1], sampleRate: 0.3333, tags: {} }],
    ['a:1|ms|@0.000123', { type: 'ms', name: 'a', values: [1], sampleRate: 0.000123, tags: {} }],
    // The amount of a counter is divided by any rate.
    ['a:1|c|@0.6', { type: 'c', name: 'a', values: [1], sampleRate: 0.6, tags: {} }],
    [
      'a:1|c|#url:http://x/?a=b,k:v w,ü:ß',
      { type: 'c', name: 'a', values: [1], sampleRate: 1, tags: { url: 'http://x/?a=b', k: 'v w', ü: 'ß' } },
    ],
    [
      'a:1|c|#__proto__:x,toString',
      { type: 'c', name: 'a', values: [1], sampleRate: 1, tags: JSON.parse('{"__proto__":"x","toString":""}') },
    ],
  ])('%s', (line, message) => {
    expect(parsed(line)).toEqual(message);
  });

  // "DogStatsD protocol v1.1"
  test('1.1 packs values', () => {
    expect(parsed('a:1:-2:3.5|d|@0.5|#k:v')).toEqual({
      type: 'd',
      name: 'a',
      values: [1, -2, 3.5],
      sampleRate: 0.5,
      tags: { k: 'v' },
    });
    for (const type of ['c', 'g', 'ms', 'h']) expect(parsed(`a:1:2|${type}`)).toMatchObject({ type, values: [1, 2] });
  });

  // "DogStatsD protocol v1.2" and "v1.4"
  test.each([
    '83c0a99c0a54c0c187f461c7980e9b57f3f6a8b0c918c8d93df19a9de6f3fe1d',
    'ci-83c0a99c',
    'in-1234',
    'ci-a1,in-5',
  ])('1.2 and 1.4 name the container: c:%s', (localData) => {
    expect(parsed(`page.views:1|g|#env:dev|c:${localData}`)).toMatchObject({ tags: { env: 'dev' }, localData });
  });

  // "DogStatsD protocol v1.3"
  test('1.3 adds timestamps to counters and gauges', () => {
    expect(parsed('page.views:15|c|#env:dev|T1656581400')).toMatchObject({ values: [15], timestamp: 1_656_581_400 });
    expect(parsed('a:15|g|T1')).toMatchObject({ timestamp: 1 });
  });

  // "DogStatsD protocol v1.5" and "v1.6"
  test('1.5 and 1.6 add external data and the cardinality of tags', () => {
    expect(parsed('a:1|c|e:it-false,cn-name,pu-uid|card:low')).toEqual({
      type: 'c',
      name: 'a',
      values: [1],
      ...values,
      externalData: 'it-false,cn-name,pu-uid',
      cardinality: 'low',
    });
    for (const cardinality of ['none', 'low', 'orchestrator', 'high'])
      expect(parsed(`a:b|s|card:${cardinality}`)).toMatchObject({ cardinality });
  });

  test.each(['@0.5|#k:v|c:ci-a|e:x|T5|card:low', '@0.5|T5|#k:v|card:low|c:ci-a|e:x'])(
    'after the rate the fields come in any order: %s',
    (fields) => {
      expect(parsed(`a:1|c|${fields}`)).toEqual({
        type: 'c',
        name: 'a',
        values: [1],
        sampleRate: 0.5,
        tags: { k: 'v' },
        localData: 'ci-a',
        externalData: 'x',
        timestamp: 5,
        cardinality: 'low',
      });
    },
  );
});

// https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/?tab=events
describe('events', () => {
  test.each<[line: string, message: object]>([
    [
      '_e{21,36}:An exception occurred|Cannot parse CSV file from 10.0.0.17|t:warning|#err_type:bad_file',
      {
        title: 'An exception occurred',
        text: 'Cannot parse CSV file from 10.0.0.17',
        alertType: 'warning',
        tags: { err_type: 'bad_file' },
      },
    ],
    // The vendor's backslash is doubled, for a shell.
    [
      '_e{21,42}:An exception occurred|Cannot parse JSON request:\\\\n{"foo: "bar"}|p:low|#err_type:bad_request',
      {
        title: 'An exception occurred',
        text: 'Cannot parse JSON request:\\\n{"foo: "bar"}',
        priority: 'low',
        tags: { err_type: 'bad_request' },
      },
    ],
    ['_e{2,3}:é|abc', { title: 'é', text: 'abc', tags: {} }],
    ['_e{4,4}:a\\nb|c\\nd', { title: 'a\nb', text: 'c\nd', tags: {} }],
    ['_e{1,0}:a|', { title: 'a', text: '', tags: {} }],
    ['_e{3,6}:a|b|c|d:e\t|d:5', { title: 'a|b', text: 'c|d:e\t', timestamp: 5, tags: {} }],
    [
      '_e{1,1}:a|b|d:1656581400|h:host-1|k:deploy|p:normal|t:success|s:ci|#x|c:in-7|e:z|card:high',
      {
        title: 'a',
        text: 'b',
        timestamp: 1_656_581_400,
        hostname: 'host-1',
        aggregationKey: 'deploy',
        priority: 'normal',
        alertType: 'success',
        sourceTypeName: 'ci',
        tags: { x: '' },
        localData: 'in-7',
        externalData: 'z',
        cardinality: 'high',
      },
    ],
  ])('%s', (line, message) => {
    expect(parsed(line)).toEqual({ type: '_e', ...message });
  });
});

// https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/?tab=servicechecks
describe('service checks', () => {
  test.each<[line: string, message: object]>([
    [
      '_sc|Redis connection|2|#env:dev|m:Redis connection timed out after 10s',
      {
        name: 'Redis connection',
        status: 'critical',
        message: 'Redis connection timed out after 10s',
        tags: { env: 'dev' },
      },
    ],
    ['_sc|a|0', { name: 'a', status: 'ok', tags: {} }],
    ['_sc|a|1', { name: 'a', status: 'warning', tags: {} }],
    ['_sc|a|3|m:one\\ntwo m\\: three', { name: 'a', status: 'unknown', message: 'one\ntwo m: three', tags: {} }],
    [
      '_sc|a|0|d:5|h:é|#k:v|m:x|c:ci-a|e:y|card:none',
      {
        name: 'a',
        status: 'ok',
        timestamp: 5,
        hostname: 'é',
        tags: { k: 'v' },
        message: 'x',
        localData: 'ci-a',
        externalData: 'y',
        cardinality: 'none',
      },
    ],
  ])('%s', (line, message) => {
    expect(parsed(line)).toEqual({ type: '_sc', ...message });
  });
});

describe('rejected input, with the position of the error', () => {
  test.each<[line: string, column: number, expected: string]>([
    // Lines.
    ['', 1, 'a name of printable ASCII without , : | @ #'],
    ['a', 2, "':'"],
    ['a:1', 4, "'|'"],
    ['a:1|', 5, 'one of c, g, ms, h, d, s'],
    ['a:1|m', 5, 'one of c, g, ms, h, d, s'],
    ['a:1|cc', 5, 'one of c, g, ms, h, d, s'],
    ['a:1|ms:2|ms', 5, 'one of c, g, ms, h, d, s'],
    ['a:1|c|', 7, 'one of the fields @ # c: e: card: T'],
    ['a:1|c||#a', 7, 'one of the fields @ # c: e: card: T'],
    ['a:1|c|x:y', 7, 'one of the fields @ # c: e: card: T'],
    ['a:1|c\r', 6, 'no control character'],
    ['a:1|c|#a:\u0000', 10, 'no control character'],
    ['a:1|c|#a:\u007f', 10, 'no control character'],
    // Names.
    [':1|c', 1, 'a name of printable ASCII without , : | @ #'],
    ['a b:1|c', 2, "':'"],
    ['ä:1|c', 1, 'a name of printable ASCII without , : | @ #'],
    ['a,b=c:1|c', 2, "':'"],
    ['a#b:1|c', 2, "':'"],
    // Values.
    ['a:|c', 3, 'a decimal number'],
    ['a:NaN|c', 3, 'a decimal number'],
    ['a:-Infinity|g', 3, 'a decimal number'],
    ['a:+1|g', 3, 'a decimal number'],
    ['a:.5|g', 3, 'a decimal number'],
    ['a:5.|g', 4, "':' or '|' after a decimal number without an exponent"],
    ['a:1e5|g', 4, "':' or '|' after a decimal number without an exponent"],
    ['a:1e-7|g', 4, "':' or '|' after a decimal number without an exponent"],
    ['a:0x1F|g', 4, "':' or '|' after a decimal number without an exponent"],
    ['a:1_0|c', 4, "':' or '|' after a decimal number without an exponent"],
    ['a:007|c', 4, "':' or '|' after a decimal number without an exponent"],
    ['a: 1|c', 3, 'a decimal number'],
    [`a:${'9'.repeat(310)}|c`, 3, 'a number that fits 64 bits'],
    ['a:1:|d', 5, 'a decimal number'],
    ['a::1|d', 3, 'a decimal number'],
    ['a:1:NaN:3|d', 5, 'a decimal number'],
    ['a:|s', 3, 'a member of a set'],
    ['a:b:c|s', 4, "'|' after one member without a colon"],
    // Rates.
    ['a:1|c|@', 8, 'a rate'],
    ['a:1|c|@0', 8, 'a rate greater than 0 and at most 1'],
    ['a:1|c|@-1', 8, 'a rate'],
    ['a:1|c|@1.1', 8, 'a rate greater than 0 and at most 1'],
    ['a:1|c|@1e-3', 9, "'|' or the end of the line"],
    ['a:1|c|@nan', 8, 'a rate'],
    [`a:1|c|@0.${'0'.repeat(400)}1`, 8, 'a rate greater than 0 and at most 1'],
    ['a:1|ms|@0.6', 9, 'the inverse of an integer (the Agent counts 1 samples, not 1.6666666666666667)'],
    ['a:1|d|@0.4', 8, 'the inverse of an integer (the Agent counts 2 samples, not 2.5)'],
    [`a:1|h|@${1 / 93}`, 8, 'the inverse of an integer (the Agent counts 92 samples, not 92.99999999999999)'],
    ['a:1|c|#b|@0.5', 10, 'the rate before all other fields'],
    ['a:1|g|@0.5', 7, 'one of the fields # c: e: card: T'],
    ['a:b|s|@0.5', 7, 'one of the fields # c: e: card:'],
    // Tags.
    ['a:1|c|#', 8, 'the key of a tag'],
    ['a:1|c|#,a', 8, 'the key of a tag'],
    ['a:1|c|#a,', 10, 'the key of a tag'],
    ['a:1|c|#:a', 8, 'the key of a tag'],
    ['a:1|c|#a:', 10, 'the value of a tag'],
    ['a:1|c|#a:,b', 10, 'the value of a tag'],
    ['a:1|c|#a:b\tc', 11, "'|' or the end of the line"],
    ['a:1|c|#a:1,b,a:1', 14, 'no second tag a with the same value'],
    ['a:1|c|#a:1,a:2,a:1', 16, 'no second tag a with the same value'],
    ['a:1|c|#a,a', 10, 'no second tag a with the same value'],
    ['a:1|c|#a|#b', 10, 'no second field #'],
    // Times.
    ['a:1|c|T', 8, 'whole seconds since the epoch, greater than 0'],
    ['a:1|c|T0', 8, 'whole seconds since the epoch, greater than 0'],
    ['a:1|c|T-5', 8, 'whole seconds since the epoch, greater than 0'],
    ['a:1|c|Tabc', 8, 'whole seconds since the epoch, greater than 0'],
    ['a:1|c|T1.5', 9, "'|' or the end of the line"],
    ['a:1|c|T1656581400000', 8, 'seconds since the epoch, not a smaller unit'],
    ['a:1|d|T1656581400', 7, 'one of the fields @ # c: e: card:'],
    ['a:1|ms|T1656581400', 8, 'one of the fields @ # c: e: card:'],
    // Origin.
    ['a:1|c|c:', 9, 'local data'],
    ['a:1|c|c:ci-', 9, 'ci-<container id>, in-<inode>, or both'],
    ['a:1|c|c:in-x', 9, 'ci-<container id>, in-<inode>, or both'],
    ['a:1|c|c:ci-a,ci-b', 9, 'ci-<container id>, in-<inode>, or both'],
    ['a:1|c|c:ci-a,b', 9, 'ci-<container id>, in-<inode>, or both'],
    ['a:1|c|e:', 9, 'external data of printable ASCII'],
    ['a:1|c|e:ä', 9, 'external data of printable ASCII'],
    ['a:1|c|card:', 12, 'one of none, low, orchestrator, high'],
    ['a:1|c|card:medium', 12, 'one of none, low, orchestrator, high'],
    ['a:1|c|card:lower', 12, 'one of none, low, orchestrator, high'],
    ['a:1|c|c:ci-a|c:ci-a', 14, 'no second field c:'],
    // Events.
    ['_e{1,1}:a', 10, "'|' after the title of 1 bytes"],
    ['_e{0,1}:|b', 4, 'the length of the title, at least 1'],
    ['_e{01,1}:a|b', 4, 'the length of the title, at least 1'],
    ['_e{1, 1}:a|b', 6, 'the length of the text'],
    ['_e{1}:a|b', 5, "','"],
    ['_e{1,1}a|b', 7, "'}:'"],
    ['_e{1,3}:é|abc', 10, "'|' after the title of 1 bytes"],
    ['_e{3,3}:é|abc', 12, "'|' after the title of 3 bytes"],
    ['_e{1,3}:a|é🦊', 14, "'|' or the end of the line after the text of 3 bytes"],
    ['_e{1,2}:a|abc', 13, "'|' or the end of the line after the text of 2 bytes"],
    ['_e{1,9}:a|abc', 11, '9 bytes of text, not 3'],
    [`_e{1,${'9'.repeat(400)}}:a|abc`, 410, 'Infinity bytes of text, not 3'],
    ['_e{1,1}:a|b|p:urgent', 15, 'one of normal, low'],
    ['_e{1,1}:a|b|t:fatal', 15, 'one of error, warning, info, success'],
    ['_e{1,1}:a|b|h:', 15, 'a host name'],
    ['_e{1,1}:a|b|d:now', 15, 'whole seconds since the epoch, greater than 0'],
    ['_e{1,1}:a|b|@0.5', 13, 'one of the fields d: h: k: p: s: t: # c: e: card:'],
    ['_e{1,1}:a|b|t:info|t:info', 20, 'no second field t:'],
    // Service checks.
    ['_sc||0', 5, 'the name of a service check'],
    ['_sc|a', 6, "'|'"],
    ['_sc|a|', 7, 'one of 0, 1, 2, 3'],
    ['_sc|a|4', 7, 'one of 0, 1, 2, 3'],
    ['_sc|a|-1', 7, 'one of 0, 1, 2, 3'],
    ['_sc|a|00', 7, 'one of 0, 1, 2, 3'],
    ['_sc|a|0|m:', 11, 'a message'],
    ['_sc|a|0|m:a m: b', 11, "a message with 'm\\:' instead of 'm:'"],
    ['_sc|a|0|m:a|#b', 13, 'the message after all other fields'],
    ['_sc|a|0|m:a|b', 13, 'one of the fields d: h: m: # c: e: card:'],
  ])('%j', (line, column, expected) => {
    const error = errorOf(`ok:1|c\n${line}\nok:1|c\n`);
    const { name, offset } = error;
    expect([name, error.line, error.column, error.expected]).toEqual(['DogStatsdSyntaxError', 2, column, expected]);
    expect(offset).toBe('ok:1|c\n'.length + column - 1);
    expect(error.message).toMatch(new RegExp(`^Line 2, byte ${column}: expected `));
  });

  test('a packet that is empty, does not end, or ends twice', () => {
    expect(errorOf('')).toMatchObject({ line: 1, column: 1, expected: 'a line feed after the last line' });
    expect(errorOf('a:1|c')).toMatchObject({ line: 1, column: 6, expected: 'a line feed after the last line' });
    expect(errorOf('a:1|c\n\n')).toMatchObject({ line: 2, column: 1 });
  });

  test('bytes that are not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('a:1|c\nb:é|s\nc:'), Buffer.from([0xc3, 0x28]), Buffer.from('|s\n')]);
    expect(errorOf(bytes)).toMatchObject({ line: 3, column: 3, expected: 'UTF-8' });
    expect(errorOf('é:\ud800|s\n')).toMatchObject({ column: 4, expected: 'no lone surrogate' });
  });

  test('a packet larger than the read buffer of the Agent', () => {
    const line = `a:${'x'.repeat(8192 - 5)}|s\n`;
    expect(parseDogStatsd(line)).toHaveLength(1);
    expect(errorOf(`b${line}`)).toMatchObject({ offset: 8192, expected: 'at most 8192 bytes, not 8193' });
    expect(parseDogStatsd(`b${line}`, { maxBytes: 8193 })).toHaveLength(1);
    expect(errorOf('a:1|c\n', 5)).toMatchObject({ offset: 5 });
  });

  test('the message shows the position, and a part of a long line', () => {
    expect(errorOf('a:1|c\nlatency:NaN|ms\n').message).toBe(
      'Line 2, byte 9: expected a decimal number, found "NaN|ms" in "latency:NaN|ms"',
    );
    expect(errorOf(`${'a'.repeat(5000)}:x${'y'.repeat(3000)}|c\n`).message.length).toBeLessThan(400);
  });
});

test('a view into a larger buffer is read within its bounds', () => {
  const bytes = new TextEncoder().encode('x\na:1|c\nb');
  expect(parseDogStatsd(bytes.subarray(2, 8))).toMatchObject([{ name: 'a' }]);
});

describe('properties', () => {
  const message = anyMessage();

  test('everything that a client can send is read as it was meant', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), (messages) => {
        const packet = messages.map((each) => `${renderDogStatsd(each)}\n`).join('');
        expect(parseDogStatsd(packet, { maxBytes: 1e6 })).toEqual(messages);
      }),
      { numRuns: 1000 },
    );
  });

  test('without one of its bytes a packet is rejected or means something else', () => {
    fc.assert(
      fc.property(message, fc.nat(), (original, anyIndex) => {
        const packet = Buffer.from(`${renderDogStatsd(original)}\n`);
        const index = anyIndex % packet.length;
        const damaged = Buffer.concat([packet.subarray(0, index), packet.subarray(index + 1)]);
        expect(outcome(damaged)).not.toEqual([original]);
      }),
      { numRuns: 2000 },
    );
  });

  test('lengths of an event that are off by a few bytes are rejected or mean something else', () => {
    fc.assert(
      fc.property(message, fc.integer({ min: -3, max: 3 }), fc.boolean(), (original, difference, ofTitle) => {
        fc.pre(original.type === '_e' && difference !== 0);
        const line = renderDogStatsd(original).replace(/\{(\d+),(\d+)\}/, (_, title, text) =>
          ofTitle ? `{${Number(title) + difference},${text}}` : `{${title},${Number(text) + difference}}`,
        );
        expect(outcome(Buffer.from(`${line}\n`))).not.toEqual([original]);
      }),
      { numRuns: 2000 },
    );
  });

  test('any bytes are parsed, or rejected with a position inside them', () => {
    const syntax = fc.constantFrom(
      ...'a1:|@#,.-{}_escdhgmT\n'.split(''),
      '_e{1,1}:',
      '_sc|',
      'card:',
      'é',
      '🦊',
      '\u0000',
    );
    const nearlyPackets = fc.array(syntax, { maxLength: 60 }).map((parts) => Buffer.from(parts.join('')));
    fc.assert(
      fc.property(fc.oneof(nearlyPackets, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        const result = outcome(bytes);
        if (!(result instanceof DogStatsdSyntaxError)) return;
        const before = Buffer.from(bytes).subarray(0, result.offset).toString('latin1').split('\n');
        expect(result.offset).toBeLessThanOrEqual(bytes.length);
        expect([result.line, result.column]).toEqual([before.length, before.at(-1)!.length + 1]);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['letters', 'a'],
    ['values', '1:'],
    ['fields', '|#a'],
    ['tags', 'a:b,'],
    ['lines', 'a:1|c\n'],
    ['empty lines', '\n'],
    ['events', '_e{9,9}:'],
    ['letters of two bytes', 'é'],
    ['zeros', '0'],
    ['bytes that are not UTF-8', '\u00ff'],
  ])('a megabyte of %s is parsed or rejected quickly', (_, part) => {
    for (const head of ['', 'a:', 'a:1|c|#', '_e{1,1000000}:a|', '_sc|a|0|m:']) {
      const bytes = Buffer.concat([Buffer.from(head), Buffer.alloc(1 << 20, part, 'latin1'), Buffer.from('\n')]);
      expect(outcome(bytes)).toBeInstanceOf(DogStatsdSyntaxError);
      outcome(bytes, 1 << 21);
    }
  });

  function outcome(bytes: Uint8Array, maxBytes?: number): DogStatsdMessage[] | DogStatsdSyntaxError {
    try {
      return parseDogStatsd(bytes, { maxBytes });
    } catch (error) {
      expect(error).toBeInstanceOf(DogStatsdSyntaxError);
      return error as DogStatsdSyntaxError;
    }
  }
});
