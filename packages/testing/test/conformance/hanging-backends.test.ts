import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conformanceChecks } from '../../src/conformance.js';
import { BufferingBackend, bufferingSubject } from './buffering-backend.js';

const PACKAGE = join(__dirname, '..', '..');

/** A backend of which `METHOD` blocks the thread, bound to the check that calls it. */
const SOURCE = `
const load = require('node:module').createRequire(process.env.PACKAGE);
const { RecordingBackend } = load('@metrics/testing');
const { conformanceChecks } = load('@metrics/testing/conformance');
class BlockingBackend extends RecordingBackend {}
const method = process.env.METHOD;
BlockingBackend.prototype[method] = () => { for (;;); };
const subject = {
  timeout: 40,
  create: () => ({ backend: new BlockingBackend() }),
  capabilities: {
    kinds: { counter: 'counter', gauge: 'gauge', timing: 'timing', distribution: 'distribution', set: 'set' },
    tags: 'kept', instance: 'field', sampled: [], timestamps: true, events: true, serviceChecks: true,
  },
};
const checks = conformanceChecks.filter(({ name }) => ['a new backend has counted nothing', process.env.CHECK].includes(name));
`;

const RUNNERS = {
  jest: {
    file: 'blocking.test.cjs',
    source: `${SOURCE} test.each(checks)('$name', ({ run }) => run(subject));`,
    args: (folder: string) => [
      require.resolve('jest/bin/jest'),
      `--rootDir=${folder}`,
      '--config={"testEnvironment":"node","testMatch":["**/*.test.cjs"],"transform":{}}',
      '-i',
    ],
  },
  'node:test': {
    file: 'blocking.test.cjs',
    source: `${SOURCE} const { test } = require('node:test'); for (const { name, run } of checks) test(name, () => run(subject));`,
    args: (folder: string) => ['--test', join(folder, 'blocking.test.cjs')],
  },
} as const;

describe.each(Object.entries(RUNNERS))('under %s', (_name, { file, source, args }) => {
  it.each([
    ['incr', 'after every single call all samples are sent, dropped or pending'],
    ['flush', 'flushes resolve when there is nothing to flush, and when several run at the same time'],
  ])(
    'a backend whose %s blocks the thread ends the process with the name of the check',
    async (method, check) => {
      const folder = await mkdtemp(join(tmpdir(), 'metrics-blocking-'));
      await writeFile(join(folder, file), source);
      const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
      const child = spawn(process.execPath, args(folder), {
        cwd: PACKAGE,
        env: { ...environment, METHOD: method, CHECK: check, PACKAGE: join(PACKAGE, 'package.json') },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      const code = await new Promise((resolve) => child.on('close', resolve));
      await rm(folder, { recursive: true });
      expect(output).toContain(`The conformance check "${check}" of BlockingBackend blocks its thread`);
      expect(code).not.toBe(0);
    },
    120_000,
  );
});

const NEVER = new Promise<never>(() => {});

it.each<[string, string, Partial<BufferingBackend>]>([
  ['flush', 'during a flush all samples are sent, dropped or pending', { flush: () => NEVER }],
  ['close', 'close delivers what was recorded, and leaves nothing pending', { close: () => NEVER }],
])('a check whose %s never settles fails with its name', async (method, name, flaw) => {
  const subject = bufferingSubject(
    class extends BufferingBackend {
      constructor() {
        super();
        Object.assign(this, flaw);
      }
    },
  );
  const check = conformanceChecks.find((one) => one.name === name);
  await expect(check?.run({ ...subject, timeout: 100 })).rejects.toThrow(
    new RegExp(`${method}.* did not resolve within \\d+ ms \\(in the check "${name}"\\)`),
  );
});

it.each(['create', 'delivered', 'breakTransport', 'dispose'] as const)(
  'a fixture whose %s never settles fails the check with its name',
  async (part) => {
    const name = 'samples that a broken transport drops are counted and reported, and close keeps its deadline';
    const delivery = 'a flush delivers every kind of sample';
    const subject = bufferingSubject(BufferingBackend, 'error');
    const create = async () => (part === 'create' ? NEVER : { ...(await subject.create()), [part]: () => NEVER });
    const used = part === 'breakTransport' ? name : delivery;
    const check = conformanceChecks.find((one) => one.name === used);
    await expect(check?.run({ ...subject, create, timeout: 100 })).rejects.toThrow(
      new RegExp(`${part} did not resolve within \\d+ ms \\(in the check "${used}"\\)`),
    );
  },
);
