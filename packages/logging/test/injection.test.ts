import { createMetrics } from '@metrics/core';
import * as fc from 'fast-check';
import pino from 'pino';
import winston, { type Logform } from 'winston';
import { LoggingBackend, metricsFormat, metricsJsonFormat } from '../src/index.js';
import { LineCollector } from './line-collector.js';

const HOSTILE = [
  '\n',
  '\r\n',
  '\t',
  '\0',
  '\b',
  '\u001b[2J',
  '\u007f',
  '\u0085',
  '\u009b31m',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
  '\ud800',
];
/** Characters that end a line, move the cursor, or change the direction of text. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/u;

/** A careless format of an application: it prints the fields unchanged. */
const careless = winston.format.printf(({ message, instance, tags, member, title, text }) =>
  [message, instance, Object.entries(tags as object), member, title, text].join(' '),
);

/** Logs every string that an attacker may choose, once for each kind. */
function log(text: string, format: Logform.Format): readonly string[] {
  const collector = new LineCollector({ format });
  const metrics = createMetrics();
  metrics.register(new LoggingBackend({ logger: collector.logger }), { onError: () => {} });
  const options = { instance: text, tags: { [`key ${text}`]: text } };
  metrics.incr(`counter ${text}`, options);
  metrics.distribution(`distribution ${text}`, 1, { ...options, unit: text });
  metrics.set(`set ${text}`, text, options);
  metrics.event({ title: `event ${text}`, text, hostname: text, aggregationKey: text, ...options });
  metrics.serviceCheck({ name: `check ${text}`, status: 'ok', message: text, hostname: text, tags: options.tags });
  return collector.lines;
}

describe.each<[string, Logform.Format]>([
  ['metricsFormat', metricsFormat()],
  ['metricsJsonFormat', metricsJsonFormat()],
  ['a careless format', careless],
])('with %s', (_name, format) => {
  test.each(HOSTILE.map((text) => [JSON.stringify(text), text]))('%s is escaped', (_shown, text) => {
    const lines = log(`before${text}after`, format);
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line).not.toMatch(UNSAFE);
  });

  test('each call is one line, for any string', () => {
    const anyString = fc.string({
      unit: fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' })),
      minLength: 1,
    });
    fc.assert(
      fc.property(anyString, (text) => {
        const lines = log(text, format);
        expect(lines).toHaveLength(5);
        for (const line of lines) expect(line).not.toMatch(UNSAFE);
      }),
    );
  });
});

test('an instance cannot imitate the end of the line', () => {
  const [line] = log("x'; tags={ admin: 'yes' }\\", metricsFormat());
  expect(line).toContain("; instance='x\\'; tags={ admin: \\'yes\\' }\\\\'; tags={ 'key x");
});

test('a tag called __proto__ is a tag', () => {
  const collector = new LineCollector();
  const metrics = createMetrics();
  metrics.register(new LoggingBackend({ logger: collector.logger }));
  metrics.incr('a', { tags: JSON.parse('{"__proto__":"b"}') as Record<string, string> });
  expect(collector.lines).toEqual(["[DEBUG] 'a': +1; instance=undefined; tags={ __proto__: 'b' }"]);
});

test('pino gets escaped strings, too', () => {
  let line = '';
  const logger = pino(
    { level: 'debug', base: null, timestamp: false },
    { write: (text: string) => void (line = text) },
  );
  const metrics = createMetrics();
  metrics.register(new LoggingBackend({ logger }));
  metrics.incr('a\u2028b', { instance: '\u001b[2J' });
  expect(JSON.parse(line)).toMatchObject({ msg: "'a\\u2028b': +1", metric: 'a\\u2028b', instance: '\\x1b[2J' });
});

test.each([
  ['\n\r\t', '\\n\\r\\t'],
  ['\0', '\\x00'],
  ['\u001b[2J', '\\x1b[2J'],
  ['\u009b', '\\x9b'],
  ['\u061c', '\\u061c'],
  ['\u202e', '\\u202e'],
  ['a\ud800b', 'a\ufffdb'],
  ['C:\\temp 名前 😀', 'C:\\temp 名前 😀'],
])('%j is printed as %j', (text, printed) => {
  const entry = metricsFormat().transform({ level: 'info', message: text });
  expect(entry).toMatchObject({ [Symbol.for('message')]: `[INFO] ${printed}` });
});
