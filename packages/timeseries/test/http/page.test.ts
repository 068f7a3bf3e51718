import assert from 'node:assert/strict';
import type { Browser, Locator, Page } from 'playwright-core';
import { describeWithChromium, launchBrowser, watchViolations } from 'test-kit/browser';
import { waitForValue } from 'test-kit/wait-for-value';
import { waitUntil } from 'test-kit/wait-until';
import { timeSeriesHandler } from '../../src/handler.js';
import type { TimeSeriesBackend } from '../../src/index.js';
import { createTestBackend, NOON } from '../create-test-backend.js';
import { type RunningServer, serve } from './serve.js';

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '"></script><script>alert(2)</script>',
  "'-alert(3)-'",
  '\u202Egnp.exe \u05E9\u05DC\u05D5\u05DD',
  '{{constructor.constructor("alert(4)")()}}',
  '__proto__',
  '&lt;b&gt;',
] as const;
const LONG = 'long.'.repeat(2000);
/** The minutes around the samples that the tests record. */
const RANGE = `start=${NOON - 60}&end=${NOON + 60}`;

describeWithChromium('the page in Chromium', () => {
  let browser: Browser;
  let server: RunningServer;
  let page: Page;
  let violations: string[];
  const others: RunningServer[] = [];
  const database = createTestBackend();

  beforeAll(async () => {
    const { backend, clock, open } = database;
    for (const [region, task, amount] of [
      ['eu', 'mail', 5],
      ['eu', 'image', 20],
      ['us', 'mail', 300],
    ] as const)
      backend.incr(open('counter', 'jobs', { region, task }), amount);
    const query = open('timing', 'db.query', { table: 'users' });
    for (let value = 1; value <= 100; value += 1) backend.timing(query, value);
    for (const name of HOSTILE) {
      const id = open('counter', name, { [name]: name });
      backend.incr(id, 7);
      backend.incr(open('counter', name, { [name]: `other ${name}` }), 8);
    }
    backend.incr(open('counter', LONG, { [LONG]: LONG }), 9);
    clock.seconds = NOON + 10;
    backend.incr(open('counter', 'jobs', { region: 'eu', task: 'mail' }), 1000);
    clock.seconds = NOON + 60;
    [browser, server] = await Promise.all([launchBrowser(), serve(timeSeriesHandler(backend))]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  beforeEach(async () => {
    const context = await browser.newContext({
      viewport: { width: 1180, height: 760 },
      timezoneId: 'UTC',
      locale: 'en-GB',
    });
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    violations = watchViolations(page, server.origin);
  });
  afterEach(async () => {
    await page.context().close();
    await Promise.all(others.splice(0).map((other) => other.close()));
    assert.deepEqual(violations, []);
  });

  /** Serves another backend for the rest of a test, and checks the page with its origin. */
  async function serveAlso(backend: TimeSeriesBackend): Promise<RunningServer> {
    const other = await serve(timeSeriesHandler(backend));
    others.push(other);
    violations = watchViolations(page, other.origin);
    return other;
  }

  const show = (fragment: string) => page.goto(`${server.origin}/#${fragment}`);

  /** Resolves with the cells of the legend as soon as it has a number of rows. */
  async function readLegend(rows: number): Promise<string[][]> {
    let cells: string[][] = [];
    // The previous rows stay until the new ones are read.
    await waitForValue(async () => {
      cells = await page
        .locator('#legend tr')
        .evaluateAll((lines) =>
          lines.map((line) =>
            Array.from(
              (line as unknown as { cells: { textContent: string }[] }).cells,
              ({ textContent }) => textContent,
            ),
          ),
        );
      return cells.length;
    }, rows + 1);
    return cells;
  }

  /** Resolves with the number of pixels of the chart that have the color of a line. */
  function countPixels(color: string): Promise<number> {
    return page.evaluate<number>(`(() => {
      const canvas = document.querySelector('#chart canvas');
      const context = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const wanted = [1, 3, 5].map((at) => Number.parseInt('${color}'.slice(at, at + 2), 16)).concat(255).join();
      let found = 0;
      for (let at = 0; at < data.length; at += 4) if (data.subarray(at, at + 4).join() === wanted) found += 1;
      return found;
    })()`);
  }

  /** Resolves when the chart, which is drawn in a later frame, has a line of a color. */
  function waitForLine(color: string): Promise<void> {
    return waitUntil(
      async () => (await countPixels(color)) > 100,
      () => countPixels(color),
    );
  }

  /** Returns a control by its accessible name. */
  function findField(name: string): Locator {
    return page.getByRole('combobox', { name, exact: true });
  }

  /** Returns the small chart with a title. */
  function findCard(title: string): Locator {
    return page.locator('.cards li').filter({ has: page.getByText(title, { exact: true }) });
  }

  /** Resolves when the content of an element matches: the small charts are read and drawn one by one. */
  function waitForContent(element: Locator, pattern: RegExp): Promise<void> {
    return waitUntil(
      async () => pattern.test(await element.innerText()),
      () => element.innerText(),
    );
  }

  const widthFits = () => page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth');

  test('opens with a small chart of each key, which leads to its history', async () => {
    await show(RANGE);
    await findCard('jobs').getByText('1,325').waitFor();
    await findCard('jobs').getByText('total, and sum of each 10 s').waitFor();
    await findCard('db.query').getByText('p99').waitFor();
    await waitForContent(
      findCard('db.query').locator('.numbers'),
      /p50\s+(?:49|50)\S* ms\s+p95\s+9[456]\S* ms\s+p99\s+(?:9|100)/,
    );
    await waitForValue(() => findCard('db.query').locator('path[stroke]:not(.dots)').count(), 3);
    await findField('Search keys').fill('job');
    await waitForValue(() => page.locator('.cards li').count(), 1);
    await findCard('jobs').click();
    expect((await readLegend(1))[1]).toEqual(['all together', '0', '1,325', '0', '1,000']);
    expect(page.url()).toContain(`#key=jobs&${RANGE}`);
    await page.goBack();
    await findCard('jobs').waitFor();
    await page.getByRole('link', { name: 'All keys' }).waitFor();
    await page.locator('#figure').waitFor({ state: 'hidden' });
  });

  test('reads the small charts that are visible, several in one request, and more while one scrolls', async () => {
    const { backend, clock, open } = createTestBackend();
    for (let index = 0; index < 500; index += 1) backend.incr(open('counter', `calls.${1000 + index}`), index);
    clock.seconds += 60;
    const large = await serveAlso(backend);
    const asked: number[] = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === '/charts') asked.push(searchParams.getAll('key').length);
    });
    const readKeys = () => asked.reduce((sum, count) => sum + count, 0);
    // A refresh would read them all again.
    await page.goto(`${large.origin}/#${RANGE}&refresh=off`);
    await findCard('calls.1005').locator('path').first().waitFor();
    await page.waitForLoadState('networkidle');
    expect(readKeys()).toBeLessThanOrEqual(30);
    expect(asked.length).toBeLessThanOrEqual(6);
    expect(await page.locator('.cards li').count()).toBe(60);
    for (const index of [1059, 1119, 1179]) {
      await findCard(`calls.${index}`).scrollIntoViewIfNeeded();
      await findCard(`calls.${index}`).locator('path').first().waitFor();
    }
    expect(readKeys()).toBeLessThan(240);
  });

  test('has small charts of keys of any name, and any length', async () => {
    await show(RANGE);
    for (const name of HOSTILE) await findCard(name).getByText('15', { exact: true }).waitFor();
    await page
      .locator('.cards li', { hasText: /^long\.long/ })
      .getByText('9', { exact: true })
      .waitFor();
    expect(await page.locator('img, script:not([src="page.js"])').count()).toBe(0);
    expect(await widthFits()).toBe(true);
  });

  test('draws the bucket that is still filling as that, not as a fall', async () => {
    const { backend, clock, open } = createTestBackend();
    const [calls, run] = [open('counter', 'calls'), open('timing', 'run')];
    for (clock.seconds = NOON - 1200; clock.seconds < NOON; clock.seconds += 10) backend.incr(calls, 500);
    clock.seconds = NOON + 4;
    backend.incr(calls, 3);
    backend.timing(run, 20);
    const live = await serveAlso(backend);
    await page.clock.setFixedTime((NOON + 4) * 1000);
    await page.goto(`${live.origin}/#key=calls&range=600`);
    await page.getByText('The sum of each 10 s. The last is still filling.').waitFor();
    expect(await readLegend(1)).toEqual([
      ['series', 'sum', 'so far', 'total', 'min', 'max'],
      ['all together', '500', '3', '30,003', '500', '500'],
    ]);
    await page.getByText('Newest point: 01/06/2026, 11:59:50', { exact: true }).waitFor();
    await page.locator('#chart').focus();
    await page.keyboard.press('End');
    await page.getByText('01/06/2026, 12:00:00, still filling').waitFor();
    await waitForValue(async () => (await readLegend(1))[1]?.[1], '3');
    await page.keyboard.press('Escape');
    // A coarser bucket is drawn in the same way.
    await page.goto(`${live.origin}/#key=calls&range=21600`);
    await page.getByText('The sum of each 1 h. The last is still filling.').waitFor();
    expect((await readLegend(1))[1]?.slice(1, 3)).toEqual(['60,000', '3']);
    // A metric that has nothing yet but this bucket is shown.
    await page.goto(`${live.origin}/#key=run&range=600`);
    expect((await readLegend(3)).map((row) => row.slice(0, 3))).toEqual([
      ['percentile', 'value', 'so far'],
      ['p50', '–', '20 ms'],
      ['p95', '–', '20 ms'],
      ['p99', '–', '20 ms'],
    ]);
    await page.goto(`${live.origin}/#range=600`);
    await findCard('run').getByText('20 ms').first().waitFor();
    await findCard('calls').locator('.filling').waitFor();
    // The line ends before the band.
    const heights = await findCard('calls')
      .locator('path[stroke]:not(.dots)')
      .first()
      .evaluate((path) => {
        const box = (path as unknown as { getBBox(): { height: number } }).getBBox();
        return box.height;
      });
    expect(heights).toBe(0);
  });

  test('has a view of the metrics of Node.js', async () => {
    const { backend, clock, open } = createTestBackend();
    for (const [status, route] of [
      ['200', '/users/:id'],
      ['500', '/users/:id'],
      ['200', '/orders'],
    ] as const)
      backend.timing(open('timing', 'http.server.request.duration', { method: 'GET', status, route }), 12);
    backend.gauge(open('gauge', 'v8js.memory.heap', { stat: 'used' }), 5);
    backend.gauge(open('gauge', 'v8js.memory.heap', { stat: 'total' }), 8);
    backend.incr(open('counter', 'jobs'), 1);
    clock.seconds += 60;
    const node = await serveAlso(backend);
    await page.goto(`${node.origin}/#${RANGE}`);
    await page.getByRole('link', { name: 'Node.js' }).click();
    await page.getByRole('heading', { name: 'HTTP server' }).waitFor();
    await findCard('Response time').getByText('p95').waitFor();
    for (const [title, numbers] of [
      ['Requests by status', /200\s+2\s+500\s+1/],
      ['p95 by route', /\/orders\s+12 ms\s+\/users\/:id\s+12 ms/],
      ['Heap', /total\s+8\s+used\s+5/],
    ] as const)
      await waitForContent(findCard(title).locator('.numbers'), numbers);
    await waitForValue(() => page.getByRole('heading', { level: 3 }).allInnerTexts(), ['HTTP server', 'Process']);
    await findCard('Requests by status').click();
    expect((await readLegend(2)).map(([name]) => name)).toEqual(['status', '200', '500']);
    expect(page.url()).toContain('statistic=count&groupBy=status');
  });

  test('follows new keys and values without a reload', async () => {
    const { backend, clock, open } = createTestBackend();
    const live = await serveAlso(backend);
    await page.clock.install({ time: NOON * 1000 });
    await page.goto(`${live.origin}/`);
    await page.getByText('Nothing is kept yet.').first().waitFor();
    const id = open('counter', 'first');
    backend.incr(id, 41);
    clock.seconds += 10;
    await page.clock.fastForward(10_000);
    await findCard('first').getByText('41', { exact: true }).waitFor();
    backend.incr(id, 1);
    await page.clock.fastForward(10_000);
    await findCard('first').getByText('42', { exact: true }).waitFor();
  });

  test.each(['light', 'dark'] as const)('fits a screen of 375 pixels, %s', async (colorScheme) => {
    await page.setViewportSize({ width: 375, height: 812 });
    await page.emulateMedia({ colorScheme });
    await show(RANGE);
    await page.locator('.cards path').first().waitFor();
    await findCard('jobs').scrollIntoViewIfNeeded();
    await findCard('jobs').locator('path').first().waitFor();
    expect(await widthFits()).toBe(true);
    for (const key of ['jobs&groupBy=region', 'db.query', LONG]) {
      await show(`${RANGE}&key=${key}`);
      await page.locator('#chart canvas').waitFor();
      expect([key.slice(0, 20), await widthFits()]).toEqual([key.slice(0, 20), true]);
    }
  });

  test('draws the key that is chosen in the list', async () => {
    await show(RANGE);
    await page.getByRole('option', { name: 'jobs', exact: true }).click();
    expect(await readLegend(1)).toEqual([
      ['series', 'sum', 'total', 'min', 'max'],
      ['all together', '0', '1,325', '0', '1,000'],
    ]);
    expect(await page.title()).toBe('jobs – Time series');
    await waitForLine('#3d7be0');
    expect(await countPixels('#e8743b')).toBe(0);
    await page.getByText('The sum of each 10 s.').waitFor();
  });

  test('groups by a tag, filters by another, and keeps all of it in the URL', async () => {
    await show(`key=jobs&${RANGE}`);
    await readLegend(1);
    await findField('Group by').selectOption('region');
    const both = [
      ['region', 'sum', 'total', 'min', 'max'],
      ['eu', '0', '1,025', '0', '1,000'],
      ['us', '0', '300', '0', '300'],
    ];
    expect(await readLegend(2)).toEqual(both);
    await waitForLine('#e8743b');
    await findField('task').selectOption('image');
    expect(await readLegend(1)).toEqual([both[0], ['eu', '0', '20', '0', '20']]);
    const url = page.url();
    expect(url).toContain('#key=jobs&');
    expect(url).toContain('groupBy=region&tag.task=image');
    const other = await page.context().newPage();
    await other.goto(url);
    await other.getByRole('button', { name: 'eu' }).waitFor();
    expect(await other.getByRole('combobox', { name: 'task', exact: true }).inputValue()).toBe('image');
    await findField('task').selectOption({ label: 'any' });
    expect(await readLegend(2)).toEqual(both);
  });

  test('shows the values of a point under the cursor, of the keyboard too, and hides a line', async () => {
    await show(`key=jobs&groupBy=region&${RANGE}`);
    await readLegend(2);
    await page.locator('#chart').focus();
    // Six empty points precede the first with a value.
    for (let press = 0; press < 7; press += 1) await page.keyboard.press('ArrowRight');
    await waitForValue(async () => (await readLegend(2)).map((row) => row[1]), ['sum', '25', '300']);
    await page.getByText('01/06/2026, 12:00:00', { exact: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    await waitForValue(async () => (await readLegend(2)).map((row) => row[1]), ['sum', '1,000', '0']);
    await page.keyboard.press('Escape');
    await page.getByText('Newest point: 01/06/2026, 12:00:50').waitFor();

    const us = page.getByRole('button', { name: 'us' });
    await us.click();
    expect(await us.getAttribute('aria-pressed')).toBe('false');
    await waitForValue(() => countPixels('#e8743b'), 0);
  });

  test('shows p50, p95 and p99 of timings together, and their other statistics, with their unit', async () => {
    await show(`key=db.query&${RANGE}`);
    const shown = await readLegend(3);
    expect(shown[0]).toEqual(['percentile', 'value', 'min', 'max']);
    expect(shown.map(([name]) => name)).toEqual(['percentile', 'p50', 'p95', 'p99']);
    const values = shown.slice(1).map((row) => Number(/^([\d.]+) ms$/.exec(row[3]!)![1]));
    [50, 95, 99].forEach((value, index) => expect(Math.abs(values[index]! - value)).toBeLessThanOrEqual(1));
    await page.getByText('The p50, p95, p99 of each 10 s.').waitFor();
    await findField('Statistic').selectOption('mean');
    await page.getByText('The mean of each 10 s.').waitFor();
    expect((await readLegend(1))[1]).toEqual(['all together', '–', '50.5 ms', '50.5 ms']);
    await findField('Group by').selectOption('table');
    await page.getByRole('button', { name: 'users' }).waitFor();
    await findField('Statistic').selectOption({ index: 0 });
    await page.getByText('The p95 of each 10 s.').waitFor();
    await findField('Group by').selectOption({ index: 0 });
    await page.getByText('The p50, p95, p99 of each 10 s.').waitFor();
    await findField('Statistic').selectOption('max');
    await page.getByText('The max of each 10 s.').waitFor();
    expect((await readLegend(1))[1]).toEqual(['all together', '–', '100 ms', '100 ms']);
    await findField('Statistic').selectOption('count');
    await page.getByText('The count of each 10 s.').waitFor();
    expect((await readLegend(1))[1]).toEqual(['all together', '–', '100', '100', '100']);
  });

  test('reads a span that is marked in the chart, and Back restores the previous one', async () => {
    await show(`key=jobs&${RANGE}`);
    await readLegend(1);
    const box = (await page.locator('#chart .u-over').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.75, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 2, box.y + 50, { steps: 5 });
    await page.mouse.up();
    await waitForValue(async () => (await readLegend(1))[1], ['all together', '0', '0', '0', '0']);
    expect(await page.getByRole('radio', { name: 'Custom' }).isChecked()).toBe(true);
    await page.goBack();
    await waitForValue(async () => (await readLegend(1))[1], ['all together', '0', '1,325', '0', '1,000']);
  });

  test('shows a predefined range, and a custom one', async () => {
    await page.clock.setFixedTime((NOON + 60) * 1000);
    await show('key=jobs');
    expect((await readLegend(1))[1]?.[3]).toBe('1,325');
    await page.getByText('7 d', { exact: true }).click();
    await page.getByText('The sum of each 1 h.').waitFor();
    expect(page.url()).toContain('range=604800');
    await page.getByText('Custom', { exact: true }).click();
    await page.getByLabel('From', { exact: true }).fill('2026-06-01T12:00:10');
    await page.getByLabel('To', { exact: true }).fill('2026-06-01T12:00:30');
    await page.getByText('The sum of each 10 s.').waitFor();
    expect((await readLegend(1))[1]?.[2]).toBe('1,000');
    expect(page.url()).toContain(`start=${NOON + 10}&end=${NOON + 30}`);
    await page.getByLabel('From', { exact: true }).fill('2026-06-01T10:00:00');
    await page.getByLabel('To', { exact: true }).fill('2026-06-01T11:00:00');
    await waitForValue(async () => (await readLegend(1))[1]?.[2], '0');
  });

  test('reads again every ten seconds, unless that is switched off', async () => {
    const { backend, clock, open } = createTestBackend();
    const id = open('counter', 'live');
    backend.incr(id, 1);
    clock.seconds += 30;
    const live = await serveAlso(backend);
    await page.clock.install({ time: (NOON + 30) * 1000 });
    await page.goto(`${live.origin}/#key=live`);
    expect((await readLegend(1))[1]?.[3]).toBe('1');
    backend.incr(id, 41);
    clock.seconds += 10;
    await page.clock.fastForward(11_000);
    await waitForValue(async () => (await readLegend(1))[1]?.[3], '42');
    // The change itself reads once more.
    const read = page.waitForResponse((response) => response.url().includes('/range?'));
    await page.getByLabel('Refresh every 10 s').uncheck();
    expect(page.url()).toContain('refresh=off');
    await read;
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.clock.fastForward(60_000);
    expect(requests).toEqual([]);
  });

  test('says why there is no data', async () => {
    await show(`key=unknown&${RANGE}`);
    await page.getByText('Nothing is kept under this key.').waitFor();
    await show(`key=jobs&tag.region=mars&${RANGE}`);
    await page.getByText('No series has these tags.').waitFor();
    await show(`key=db.query&start=${NOON - 600}&end=${NOON - 300}`);
    await page.getByText('No data in this range.').waitFor();
    await page.locator('#figure').waitFor({ state: 'hidden' });
  });

  test('says what went wrong, and recovers', async () => {
    await show(`key=jobs&statistic=p99&${RANGE}`);
    await page.getByRole('alert').getByText('statistic of a counter must be one of sum').waitFor();
    await page.route(/\/(?:range|charts)\?/, (route) => route.abort());
    await show(`key=db.query&${RANGE}`);
    await page.getByRole('alert').getByText('The server does not respond.').waitFor();
    await page.unroute(/\/(?:range|charts)\?/);
    await show(`key=jobs&${RANGE}`);
    await readLegend(1);
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    // The browser itself logs the two failures.
    expect(violations.splice(0).every((message) => message.startsWith('Failed to load resource'))).toBe(true);
  });

  test.each(HOSTILE)('shows %s as text everywhere', async (name) => {
    await show(RANGE);
    await page.getByRole('option', { name, exact: true }).click();
    await page.getByRole('heading', { name, exact: true }).waitFor();
    await findField('Group by').selectOption(name);
    expect((await readLegend(2)).map(([first]) => first)).toEqual([name, ...[name, `other ${name}`].sort()]);
    const filter = page.locator('#filters select');
    expect(await page.locator('#filters bdi').textContent()).toBe(name);
    await filter.selectOption(name);
    expect((await readLegend(1))[1]).toEqual([name, '0', '7', '0', '7']);
    await page.reload();
    expect((await readLegend(1))[1]).toEqual([name, '0', '7', '0', '7']);
    expect(await page.locator('img, script:not([src="page.js"]), b').count()).toBe(0);
  });

  test('shows the beginning of names of 10,000 characters', async () => {
    await show(`${RANGE}&key=${LONG}&groupBy=long`);
    await findField('Search keys').fill('long');
    await page
      .locator('#keys')
      .getByRole('option', { name: /^(?:long\.)+…$/ })
      .waitFor();
    await page.getByText('all together').or(page.getByText('(none)')).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await page.evaluate('document.body.innerText.length')).toBeLessThan(2000);
  });

  test('finds one of 10,000 keys by parts of its name, with the keyboard alone', async () => {
    const { backend, clock, open } = createTestBackend();
    for (let index = 0; index < 10_000; index += 1)
      backend.incr(open('counter', `service.${index % 100}.Operation.${index}.calls`), index);
    clock.seconds += 60;
    const large = await serveAlso(backend);
    await page.goto(`${large.origin}/#${RANGE}`);
    await page.getByText('And 9800 more: type to narrow them down.').waitFor();
    expect(await page.getByRole('option').count()).toBe(200);
    await findField('Search keys').focus();
    await page.keyboard.type('operation service.77 4377');
    await page.getByText('1 key.').waitFor();
    await page.keyboard.press('Enter');
    expect((await readLegend(1))[1]?.[2]).toBe('4,377');
  });

  test('works with 10,000 series of a key', async () => {
    const { backend, clock, open } = createTestBackend();
    for (let index = 0; index < 10_000; index += 1)
      backend.incr(
        open('counter', 'requests', { user: `user ${index}`, parity: index % 2 === 0 ? 'even' : 'odd' }),
        index,
      );
    clock.seconds += 60;
    const large = await serveAlso(backend);
    await page.goto(`${large.origin}/#key=requests&${RANGE}`);
    expect((await readLegend(1))[1]?.[2]).toBe('49,995,000');
    await findField('Group by').selectOption('user');
    const rows = await readLegend(50);
    expect([rows[1]?.[0], rows[1]?.[2], rows[50]?.[0]]).toEqual(['user 9999', '9,999', 'user 9950']);
    await page.getByText('The 50 largest groups are shown, 9950 are not.').waitFor();
    await findField('user').fill('user 77');
    await page.keyboard.press('Enter');
    expect((await readLegend(1))[1]?.[2]).toBe('77');
  });

  test('is dark if the system is', async () => {
    await show(`key=jobs&${RANGE}`);
    await readLegend(1);
    const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    await waitUntil(async () => (await background()) !== light);
    await waitForLine('#3d7be0');
  });
});
