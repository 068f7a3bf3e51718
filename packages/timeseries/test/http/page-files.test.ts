import { readFileSync } from 'node:fs';
import path from 'node:path';
import { formatSpan, formatValue } from '../../page/format.js';
import { findNodeSections } from '../../page/node-view.js';
import { formatFragment, parseView, toChartsQuery, toRangeQuery, type View } from '../../page/view.js';
import { pageFiles } from '../../src/http/page-files.js';

test('the document has nothing inline and loads nothing from other hosts', () => {
  expect(pageFiles['index.html']).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?! src="page\.js")|https?:|\/\//);
  expect(pageFiles['page.css']).not.toMatch(/@import|url\(/);
});

test('the style sheet and the script are smaller than 90 kB', () => {
  expect(pageFiles['page.js'].length + pageFiles['page.css'].length).toBeLessThan(90_000);
});

describe('the fragment of the URL', () => {
  const view: View = {
    key: 'jobs & "more" #1',
    isNode: false,
    range: { start: 100, end: 200 },
    statistic: 'p95',
    groupBy: '__proto__',
    tags: new Map([
      ['__proto__', 'x'],
      ['a=b', '+ %'],
    ]),
    isRefreshing: false,
  };

  test('holds a whole view', () => {
    expect(parseView(formatFragment(view))).toEqual(view);
    expect(parseView(formatFragment({ ...view, range: 600 }))).toEqual({ ...view, range: 600 });
  });

  test('that is invalid is the default view', () => {
    const start: View = {
      key: '',
      isNode: false,
      range: 3600,
      statistic: '',
      groupBy: '',
      tags: new Map(),
      isRefreshing: true,
    };
    for (const fragment of ['', '#', '#&=&%', '#range=-1', '#range=x', '#start=20&end=10', '#refresh=on'])
      expect(parseView(fragment)).toEqual(start);
    expect(formatFragment(start)).toBe('#');
    expect(parseView('#view=node&key=jobs')).toMatchObject({ key: 'jobs', isNode: false });
    expect(formatFragment(parseView('#view=node&range=600'))).toBe('#view=node&range=600');
  });

  test('becomes a query of the last seconds, or of a span', () => {
    expect(String(toRangeQuery(view, 'p95', 1e6))).toBe(
      'key=jobs+%26+%22more%22+%231&start=100&end=200&statistic=p95&groupBy=__proto__&tag.__proto__=x&tag.a%3Db=%2B+%25',
    );
    expect(String(toRangeQuery(parseView('#key=jobs'), 'sum', 10_000.5))).toBe('key=jobs&start=6400&statistic=sum');
    expect(String(toChartsQuery(parseView('#range=3600'), ['a', 'b c'], 100))).toBe('start=0&key=a&key=b+c');
  });
});

test.each([
  [0, 'ms', '0 ms', '0'],
  [0.0005, 'ms', '0.5 µs', '0.5 µs'],
  [12.345_67, 'ms', '12.35 ms', '12.3 ms'],
  [1500, 'millisecond', '1.5 s', '1.5 s'],
  [90, 'second', '1.5 min', '1.5 min'],
  [7200, 's', '2 h', '2 h'],
  [512, 'byte', '512 B', '512 B'],
  [-2_500_000, 'byte', '-2.5 MB', '-2.5 MB'],
  [1_234_567, '', '1,234,567', '1.23M'],
  [1.234_567, 'toString', '1.235 toString', '1.23'],
  [null, 'ms', '–', '–'],
  [undefined, '', '–', '–'],
])('%p in %p is shown as %s, and as %s next to the grid', (value, unit, long, short) => {
  expect(formatValue(value, unit)).toBe(long);
  expect(formatValue(value, unit, true)).toBe(short);
});

test('spans are in the largest unit that fits', () => {
  expect([7, 10, 60, 90, 3600, 86_400, 604_800].map(formatSpan)).toEqual([
    '7 s',
    '10 s',
    '1 min',
    '90 s',
    '1 h',
    '1 d',
    '7 d',
  ]);
});

describe('the metrics of Node.js', () => {
  const titles = (keys: string[]) =>
    findNodeSections(keys).map(({ title, cards }) => [title, cards.map(({ key }) => key)]);

  test('are those among the keys, in sections', () => {
    expect(titles(['jobs', 'process.uptime', 'process.uptimes', 'nodejs.eventloop.delay'])).toEqual([
      ['Event loop', ['nodejs.eventloop.delay']],
      ['Process', ['process.uptime']],
    ]);
    expect(titles(['jobs', 'delay', ''])).toEqual([]);
  });

  test('may have the prefix of a child', () => {
    expect(titles(['a.process.uptime', 'shop.eu.nodejs.workers'])).toEqual([
      ['Process', ['shop.eu.nodejs.workers', 'a.process.uptime']],
    ]);
    expect(titles(['a.process.uptime', 'process.uptime'])).toEqual([['Process', ['process.uptime']]]);
  });

  test('are all that @metrics/node records', () => {
    const guide = readFileSync(path.join(__dirname, '../../../../docs/guide/node.md'), 'utf8');
    const metrics = Array.from(
      guide.matchAll(/^\| ((?:`[a-z][\w.]+\.[\w.]+`(?:, )?)+) \| (?:timing|gauge|counter)/gm),
      ([, names]) => Array.from(names!.matchAll(/`([^`]+)`/g), ([, name]) => name!),
    ).flat();
    expect(metrics.length).toBeGreaterThan(15);
    const shown = findNodeSections(metrics).flatMap(({ cards }) => cards.map(({ key }) => key));
    expect([...new Set(shown)].sort()).toEqual([...metrics].sort());
  });
});
