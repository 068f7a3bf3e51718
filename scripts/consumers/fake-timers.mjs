// Fake timers of test runners, which stand still: flush and close of every backend must resolve nevertheless.
import { fakeTimersText } from './programs.mjs';
import { backends, checkEach, columns } from './row.mjs';
import { runTest } from './run-test.mjs';

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} ci
 * @property {readonly string[]} packages
 * @property {'import' | 'require'} kind
 * @property {string} [load] statements
 * @property {string} enable a statement
 * @property {string} disable a statement
 * @property {(folder: string) => readonly string[]} command
 */

/** @type {readonly Tool[]} */
const tools = [
  {
    name: 'jest 30, fake timers',
    ci: 'statsd',
    packages: ['jest@30.5.1'],
    kind: 'require',
    enable: 'jest.useFakeTimers();',
    disable: 'jest.useRealTimers();',
    command: (folder) => ['npx', 'jest', '--rootDir', folder],
  },
  {
    name: 'vitest 4, fake timers',
    ci: 'dogstatsd',
    packages: ['vitest@4.1.12'],
    kind: 'import',
    load: "import { test, vi } from 'vitest';",
    // Not its default, but some tests fake everything.
    enable:
      "vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'performance', 'queueMicrotask'] });",
    disable: 'vi.useRealTimers();',
    command: (folder) => ['npx', 'vitest', 'run', '--root', folder],
  },
  {
    name: 'node:test, mock.timers',
    ci: 'datadog',
    packages: [],
    kind: 'import',
    load: "import { mock, test } from 'node:test';",
    enable: 'mock.timers.enable();',
    disable: 'mock.timers.reset();',
    command: () => [process.execPath, '--test', '--test-reporter=tap'],
  },
  {
    name: 'mocha 11 and sinon 22',
    ci: 'timeseries',
    packages: ['mocha@11.7.5', 'sinon@22.1.0'],
    kind: 'require',
    load: "const sinon = require('sinon'); const test = it;",
    enable: 'const clock = sinon.useFakeTimers();',
    disable: 'clock.restore();',
    command: () => ['npx', 'mocha', '--timeout', '20000', 'program.test.js'],
  },
];

/** @type {import('./row.mjs').Row[]} */
export const fakeTimers = tools.map(({ name, ci, packages, kind, load = '', enable, disable, command }) => ({
  group: 'Test runners',
  name,
  ci,
  cells: {
    ...Object.fromEntries(columns.map((column) => [column, 'not a backend'])),
    ...checkEach(
      backends,
      (column) => (workplace) =>
        runTest(workplace, {
          column,
          packages,
          files: {
            'package.json': { private: true, type: kind === 'import' ? 'module' : 'commonjs' },
            'program.test.js': fakeTimersText(column, kind, { load, enable, disable }),
          },
          command,
        }),
    ),
  },
}));
