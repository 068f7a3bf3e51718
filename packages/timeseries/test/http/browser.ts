import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** `describe`, or a visible skip where there is no Chromium; METRICS_REQUIRE_SERVERS=1 makes it mandatory. */
export const describeWithChromium: typeof describe.only =
  executablePath !== undefined || process.env['METRICS_REQUIRE_SERVERS'] === '1' ? describe : describe.skip;

export function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('There is no Chromium: apt-get install chromium.');
  const quiet = [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-sync',
  ];
  // Root, which containers run tests as, cannot have a sandbox.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-component-update', ...quiet] });
}

/**
 * Notes whatever a page must not do: errors and warnings on the console (violations of the content security policy are
 * among them), errors nobody caught, dialogs, and requests to another origin.
 */
export function misdeedsOf(page: Page, origin: string): string[] {
  const misdeeds: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) misdeeds.push(message.text());
  });
  page.on('pageerror', (error) => misdeeds.push(String(error)));
  page.on('dialog', (dialog) => {
    misdeeds.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:,')) misdeeds.push(`request: ${url}`);
  });
  return misdeeds;
}
