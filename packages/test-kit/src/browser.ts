import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { describeIf } from './describe-with.js';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

export const describeWithChromium: typeof describe.only = describeIf(executablePath !== undefined);

/** Starts Chromium without a window. Throws an error if it is not installed. */
export function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('Chromium is not installed: run `apt-get install chromium`.');
  const quiet = [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-sync',
  ];
  // Chromium has no sandbox for root, the user of tests in containers.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-component-update', ...quiet] });
}

/**
 * Returns a list that fills with everything a page must not do: errors and warnings on the console (violations of the
 * content security policy are among them), uncaught errors, dialogs, and requests to another origin.
 */
export function watchViolations(page: Page, origin: string): string[] {
  const violations: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) violations.push(message.text());
  });
  page.on('pageerror', (error) => violations.push(String(error)));
  page.on('dialog', (dialog) => {
    violations.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:,')) violations.push(`request: ${url}`);
  });
  return violations;
}
