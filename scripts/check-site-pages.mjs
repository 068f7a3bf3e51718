// Opens every page of the built site in Chromium, on a phone's width: none may scroll sideways, in light and dark, or report an
// error. The search box must find pages. `--pictures <folder>` also takes pictures. Needs `npm run docs:build`.
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './workspace.mjs';

/** The width of a small phone, in pixels. */
const PHONE = { width: 375, height: 740 };
const DESKTOP = { width: 1280, height: 900 };
/** Words that people look for, and a page among the first results. */
const searches = [
  ['high cardinality', '/guide/tags.html'],
  ['hot-shots', '/migrate/hot-shots.html'],
  ['SIGTERM', '/guide/shutdown.html'],
];
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

const site = path.join(root, 'docs', '.vitepress', 'dist');
const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (!existsSync(site)) fail('there is no site yet: run `npm run docs:build`');
if (!chromiumPath) fail('Chromium is not installed: run `apt-get install chromium`');

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const file = path.join(site, decodeURI(pathname).replace(/\/$/, '/index.html'));
  const found = file.startsWith(site) && existsSync(file) && statSync(file).isFile();
  const type = types[/** @type {keyof typeof types} */ (path.extname(file))] ?? 'application/octet-stream';
  response.writeHead(found ? 200 : 404, { 'content-type': type });
  if (found) createReadStream(file).pipe(response);
  else response.end();
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const origin = `http://127.0.0.1:${port}`;

const pages = readdirSync(site, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.html') && name !== '404.html')
  .map((name) => `/${name}`)
  .sort();
/** @type {string[]} */
const errors = [];
// Chromium has no sandbox for root, the user of tests in containers.
const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
const folder = process.argv[2] === '--pictures' ? process.argv[3] : undefined;
try {
  const phone = await browser.newPage({ viewport: PHONE });
  let current = '';
  phone.on('pageerror', (error) => errors.push(`${current}: ${error}`));
  for (const page of pages) {
    current = page;
    await phone.goto(`${origin}${page}`);
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await phone.emulateMedia({ colorScheme });
      await phone.locator(colorScheme === 'dark' ? 'html.dark' : 'html:not(.dark)').waitFor({ state: 'attached' });
      const wide = await phone.locator('html').evaluate(widestElement);
      if (wide !== undefined) errors.push(`${page}, ${colorScheme}: scrolls sideways at ${PHONE.width} px: ${wide}`);
    }
  }
  await phone.close();
  const desktop = await browser.newPage({ viewport: DESKTOP });
  for (const [words, page] of searches) {
    const links = await search(desktop, words ?? '');
    if (!links.some((link) => link.startsWith(page ?? '')))
      errors.push(`a search for "${words}" does not find ${page}, but ${links.join(', ') || 'nothing'}`);
  }
  await desktop.close();
  if (folder !== undefined) await takePictures(folder);
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}

for (const error of errors) console.error(error);
console.log(`${pages.length} pages, light and dark, and ${searches.length} searches: ${errors.length} errors`);
process.exitCode = errors.length > 0 ? 1 : 0;

/**
 * Runs in the page. Returns the element that makes the page wider than the window, if it is.
 * @param {any} html
 * @returns {string | undefined}
 */
function widestElement(html) {
  if (html.scrollWidth <= html.clientWidth) return undefined;
  const elements = [...html.querySelectorAll('.vp-doc *')];
  const widest = elements.find((element) => element.getBoundingClientRect().right > html.clientWidth + 1);
  return `${html.scrollWidth} px, <${widest?.tagName.toLowerCase()}> ${widest?.textContent?.slice(0, 60)}`;
}

/**
 * Types words into the search box and returns the paths of the results, best first.
 * @param {import('playwright-core').Page} page
 * @param {string} words
 */
async function search(page, words) {
  await page.goto(`${origin}/`);
  await page.locator('.VPNavBarSearch button').click();
  await page.locator('.VPLocalSearchBox input').fill(words);
  await page.locator('.VPLocalSearchBox .result').first().waitFor({ timeout: 30_000 });
  const hrefs = await page
    .locator('.VPLocalSearchBox a.result')
    .evaluateAll((results) => results.map((result) => result.getAttribute('href') ?? ''));
  return hrefs.slice(0, 8);
}

/** @param {string} target */
async function takePictures(target) {
  const shown = ['/index.html', '/guide/tags.html', '/backends/statsd.html', '/api/@metrics/core.html'];
  for (const colorScheme of /** @type {const} */ (['light', 'dark']))
    for (const viewport of [DESKTOP, PHONE]) {
      const page = await browser.newPage({ viewport, colorScheme });
      const file = (/** @type {string} */ name) =>
        path.join(target, `${name.replaceAll(/\W+/g, '-')}-${viewport.width}-${colorScheme}.png`);
      for (const name of shown) {
        await page.goto(origin + name);
        await page.screenshot({ path: file(name) });
      }
      await search(page, 'sample rate');
      await page.screenshot({ path: file('search') });
      await page.close();
    }
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}
