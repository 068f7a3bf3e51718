import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { partsFound } from './secret-search.js';

const SECRETS = {
  SECRET_KEY: '7c1e9f30b64ad85e27f90c3b1ad46e85',
  SECRET_APP_KEY: 'e3904f6d1b7a5c82d0e96f4173b8a25c4f60d19e',
  SECRET_PASSWORD: 'swordfish-and-chips',
};

test('no fault makes the output show a secret or a part of one', async () => {
  const { DD_API_KEY: _, DATADOG_API_KEY: __, ...env } = process.env;
  const child = spawn(process.execPath, [join(__dirname, 'delivery', 'fault-program.mjs')], {
    env: { ...env, ...SECRETS },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 25_000,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  for (const secret of Object.values(SECRETS)) expect(partsFound(output, secret)).toEqual([]);

  // The faults did happen, and were reported.
  expect(output).toContain('\ndone\n');
  expect(code).toBe(0);
  const codes = ['intake_unreachable', 'api_key_refused', 'payload_rejected', 'payload_too_large', 'intake_errors'];
  for (const problem of [
    ...codes,
    'lost_at_close',
    'EAI_AGAIN|ENOTFOUND',
    'ECONNREFUSED',
    'self-signed',
    'apiKey must be',
  ]) {
    expect(output).toMatch(new RegExp(problem));
  }
  expect(output).toContain('thief: 0 requests');
  expect(output).not.toContain('NOT REJECTED');
});

test.each([
  ['as it is', (secret: string) => `key=${secret}`],
  ['shortened', (secret: string) => `${secret.slice(5, 13)}…`],
  ['in capitals', (secret: string) => secret.toUpperCase()],
  ['as base64', (secret: string) => Buffer.from(`Bearer ${secret}`).toString('base64')],
  ['as bytes', (secret: string) => Buffer.from(secret).toString('hex')],
  ['as a buffer that is printed', (secret: string) => JSON.stringify(Buffer.from(secret))],
  ['in a URL', (secret: string) => encodeURIComponent(`<${secret}>`)],
])('the search finds a secret %s', (_how, written) => {
  for (const secret of Object.values(SECRETS))
    expect(partsFound(`before ${written(secret)} after`, secret)).not.toEqual([]);
  expect(partsFound(`before ${written('something quite different from it')} after`, SECRETS.SECRET_KEY)).toEqual([]);
});
