// Test runners, which load modules in their own ways. Each runs a test that has a sample delivered.
import { fakeTimers } from './fake-timers.mjs';
import { testText } from './programs.mjs';
import { backendClasses, backends, checkEach, columns } from './row.mjs';
import { runTest } from './run-test.mjs';

const inBrowser = {
  // A React component that records, as it is rendered and clicked.
  'component.test.js': `const { act, createElement } = require('react');
const { createRoot } = require('react-dom/client');
const { metrics } = require('@metrics/core');
globalThis.IS_REACT_ACT_ENVIRONMENT = true;
function Button() {
  metrics.incr('button.rendered');
  return createElement('button', { onClick: () => metrics.incr('button.clicked', { tags: { button: 'buy' } }) }, 'Buy');
}
test('a component records', async () => {
  expect(typeof setImmediate).toBe('undefined');
  const { capture } = require('@metrics/testing');
  document.body.innerHTML = '<div id="root"></div>';
  const seen = await capture(async () => {
    await act(async () => createRoot(document.getElementById('root')).render(createElement(Button)));
    await act(async () => document.querySelector('button').click());
  });
  expect(seen.counter('button.rendered')).toBe(1);
  expect(seen.counter('button.clicked', { button: 'buy' })).toBe(1);
  console.log('consumer.jobs.started');
});
`,
};

/** @type {import('./row.mjs').Row[]} */
export const testRunners = [
  {
    group: 'Test runners',
    name: 'jest 30',
    ci: 'datadog',
    cells: checkEach(
      columns,
      (column) => (workplace) =>
        runTest(workplace, {
          column,
          packages: ['jest@30.5.1'],
          files: { 'package.json': { private: true }, 'program.test.js': testText(column, 'require') },
          command: (folder) => ['npx', 'jest', '--rootDir', folder],
        }),
    ),
  },
  {
    group: 'Test runners',
    name: 'jest 30, jsdom',
    ci: 'core',
    cells: {
      ...checkEach(['core', 'testing'], () => (workplace) => runInJsdom(workplace, 'core', inBrowser)),
      aggregation: (workplace) =>
        runInJsdom(workplace, 'aggregation', { 'program.test.js': testText('aggregation', 'require') }),
      ...checkEach(backends, (column) => (workplace) => {
        const name = /** @type {Record<string, string>} */ (backendClasses)[column];
        return runInJsdom(workplace, column, {
          'stub.test.js': `const { ${name} } = require('@metrics/${column}');
test('says that it needs Node.js', () => {
  expect(() => new ${name}({})).toThrow('${name} needs Node.js');
  console.log('consumer.jobs.started');
});
`,
        });
      }),
      'eslint-plugin': 'runs in ESLint',
    },
  },
  {
    group: 'Test runners',
    name: 'vitest 4',
    ci: 'statsd',
    cells: checkEach(
      columns,
      (column) => (workplace) =>
        runTest(workplace, {
          column,
          packages: ['vitest@4.1.12'],
          files: {
            'package.json': { private: true, type: 'module' },
            'program.test.js': testText(column, 'import', "import { test } from 'vitest';"),
          },
          command: (folder) => ['npx', 'vitest', 'run', '--root', folder],
        }),
    ),
  },
  {
    group: 'Test runners',
    name: 'node:test',
    ci: 'timeseries',
    cells: checkEach(
      columns,
      (column) => (workplace) =>
        runTest(workplace, {
          column,
          packages: [],
          files: {
            'package.json': { private: true, type: 'module' },
            'program.test.js': testText(
              column,
              'import',
              "import { test as run } from 'node:test'; const test = (name, body) => run(name, body);",
            ),
          },
          command: () => [process.execPath, '--test', '--test-reporter=tap'],
        }),
    ),
  },
  ...fakeTimers,
];

/**
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {string} column
 * @param {Readonly<Record<string, string>>} tests
 */
function runInJsdom(workplace, column, tests) {
  return runTest(workplace, {
    column,
    receiver: 'none',
    packages: ['jest@30.5.1', 'jest-environment-jsdom@30.5.2', 'react@19.2.9', 'react-dom@19.2.9'],
    files: { 'package.json': { private: true }, ...tests },
    command: (folder) => ['npx', 'jest', '--rootDir', folder, '--env', 'jsdom'],
  });
}
