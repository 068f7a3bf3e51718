// Runs the tests, which are written for jest, in mocha: it keeps modules and tests loaded from one mutant to the next, so that
// a mutant takes milliseconds instead of seconds. `expect`, `each`, mocks and fake timers are those of jest.
const { createHash } = require('node:crypto');
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { ModernFakeTimers } = require('@jest/fake-timers');
const { transformSync } = require('@swc/core');
const { expect } = require('expect');
const fc = require('fast-check');
const { bind } = require('jest-each');
const { ModuleMocker } = require('jest-mock');
// Its types would define the functions of tests a second time.
/** @type {any} */
const mocha = Module.createRequire(__filename)('mocha');
/** @type {any} */
const jestConfig = Module.createRequire(__filename)('../../jest.config.cjs');

/** Milliseconds until an asynchronous test fails: a mutant may make it wait for what never comes. */
const { testTimeout } = jestConfig;

const root = path.join(__dirname, '..', '..');
const isOwn = (/** @type {string} */ file) =>
  file.startsWith(root) && !file.includes(`${path.sep}node_modules${path.sep}`);

// Modules: found and compiled as the configuration of jest says.
/* oxlint-disable no-underscore-dangle -- the names of Node.js */
const mapper = Object.entries(jestConfig.moduleNameMapper).map(([pattern, files]) => ({
  pattern: new RegExp(pattern),
  files: [files].flat(),
}));
const [[, swcOptions]] = Object.values(jestConfig.transform);
const loader = /** @type {any} */ (Module);
const resolveFilename = loader._resolveFilename;
loader._resolveFilename = function (
  /** @type {string} */ request,
  /** @type {any} */ parent,
  /** @type {any[]} */ ...rest
) {
  const mapped = isOwn(parent?.filename ?? '') ? mapper.find(({ pattern }) => pattern.test(request)) : undefined;
  const targets = mapped?.files.map((file) => request.replace(mapped.pattern, file)) ?? [request];
  const target = targets.find((file) => existsSync(file)) ?? targets[0];
  return resolveFilename.call(this, target, parent, ...rest);
};
loader._extensions['.ts'] = (/** @type {any} */ module, /** @type {string} */ filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    ...swcOptions,
    filename,
    configFile: false,
    swcrc: false,
  });
  module._compile(code, filename);
};
/* oxlint-enable no-underscore-dangle */

/** Compares a string as jest does: in quotes on separate lines, indented as the test is. */
expect.extend({
  toMatchInlineSnapshot(/** @type {string} */ received, /** @type {string} */ snapshot) {
    const indentation = /^\n( *)/.exec(snapshot)?.[1] ?? '';
    const expected = snapshot.replaceAll(`\n${indentation}`, '\n').trim();
    return { pass: expected === `"${received}"`, message: () => `not the snapshot: ${received}` };
  },
});

// The functions of tests.
const mocker = new ModuleMocker(globalThis);
const timers = new ModernFakeTimers({
  global: globalThis,
  config: /** @type {any} */ ({ rootDir: root, testMatch: [], fakeTimers: {} }),
});
/** Stryker runs the tests of a mutant by a pattern of all their titles, which would be too large for a thousand of them. */
const shorten = (/** @type {string} */ title) => createHash('sha1').update(title).digest('base64url').slice(0, 6);
const define = (/** @type {any} */ add) => {
  const test = (/** @type {string} */ name, /** @type {any} */ run) => add(shorten(name), run && (() => inTime(run())));
  return Object.assign(test, { each: bind(test), skip: add.skip, only: add.only });
};
const { setTimeout, clearTimeout } = globalThis;
async function inTime(/** @type {unknown} */ result) {
  if (!(result instanceof Promise)) return;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the test takes longer than ${testTimeout} ms`)), testTimeout);
  });
  await Promise.race([result, late]).finally(() => clearTimeout(timer));
}
Object.assign(globalThis, {
  expect,
  jest: {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    restoreAllMocks: () => mocker.restoreAllMocks(),
    requireActual: require,
    retryTimes() {},
    setTimeout() {},
    useFakeTimers: (/** @type {any} */ options) => timers.useFakeTimers(options),
    useRealTimers: () => timers.useRealTimers(),
    setSystemTime: (/** @type {any} */ now) => timers.setSystemTime(now),
    getTimerCount: () => timers.getTimerCount(),
    advanceTimersByTime: (/** @type {number} */ delay) => timers.advanceTimersByTime(delay),
    advanceTimersByTimeAsync: (/** @type {number} */ delay) => timers.advanceTimersByTimeAsync(delay),
    advanceTimersToNextTimer: () => timers.advanceTimersToNextTimer(),
    advanceTimersToNextTimerAsync: () => timers.advanceTimersToNextTimerAsync(),
    // Not isolated: a mutant of a constant would then seem to be one that can share the process.
    isolateModulesAsync: (/** @type {() => Promise<void>} */ run) => run(),
  },
});

// A survivor runs all properties, and a killed mutant needs no smaller example.
fc.configureGlobal({ endOnFailure: true, interruptAfterTimeLimit: 5000, seed: 1 });

const environment = { ...process.env };
exports.mochaHooks = {
  // A test that fails in the middle must not change those of the next mutant.
  afterEach() {
    timers.useRealTimers();
    mocker.restoreAllMocks();
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
  },
};

// Each file is a suite, as in jest: the hooks of one do not run for the tests of another.
const { bdd } = mocha.interfaces;
mocha.interfaces.bdd = (/** @type {any} */ all) => {
  all.on('pre-require', (/** @type {any} */ context, /** @type {string} */ file, /** @type {any} */ runner) => {
    const suite = mocha.Suite.create(all, shorten(path.relative(root, file)));
    bdd(suite);
    suite.emit('pre-require', context, file, runner);
    context.it = context.test = define(context.it);
    const { describe } = context;
    const group = (/** @type {string} */ name, /** @type {any} */ run) => describe(shorten(name), run);
    context.describe = Object.assign(group, { each: bind(group), skip: describe.skip, only: describe.only });
    context.beforeAll = context.before;
    context.afterAll = context.after;
  });
};
