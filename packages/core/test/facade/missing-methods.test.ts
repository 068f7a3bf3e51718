import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runInThisContext } from 'node:vm';
import type * as core from '@metrics/core';

const dist = join(__dirname, '..', '..', 'dist', 'index.cjs');

type Core = typeof core;

/** Loads a copy of the build, like another version in `node_modules`, whose methods may be renamed. */
function loadCopy(edit: (code: string) => string = (code) => code): Core {
  const load = (file: string): unknown => {
    const module = { exports: {} };
    const code = `(function (exports, require, module) {${edit(readFileSync(file, 'utf8'))}\n})`;
    const run = runInThisContext(code, { filename: file }) as (...args: unknown[]) => void;
    const require = (name: string): unknown =>
      name.startsWith('.') ? load(join(dirname(file), name)) : createRequire(file)(name);
    run(module.exports, require, module);
    return module.exports;
  };
  return load(dist) as Core;
}

const KEY = Symbol.for('@metrics/core/v1');
// The copies run outside of the context that jest makes for a test file.
const global = runInThisContext('globalThis') as { [KEY]?: unknown };
let before: unknown;
beforeEach(() => {
  before = global[KEY];
  delete global[KEY];
});
afterEach(() => {
  global[KEY] = before;
});

/** An older version, without some methods. */
const without = (...methods: string[]): ((code: string) => string) => {
  const names = new RegExp(`^\\t(${methods.join('|')})\\(`, 'gm');
  return (code) => code.replace(names, '\tremoved_$1(');
};

it('a newer copy finds the facade of an older one without a method: reported once, and the sample counted', () => {
  const older = loadCopy(without('distribution', 'timer'));
  expect('distribution' in older.metrics).toBe(false);
  const problems: string[] = [];
  older.metrics.register(new older.DummyMetricsBackend(), {
    onError: ({ code, message }) => problems.push(`${code} ${message}`),
  });
  const newer = loadCopy();
  expect(newer.metrics).toBe(older.metrics);

  newer.metrics.distribution('size', 1);
  newer.metrics.child({ prefix: 'a.' }).distribution('size', 1);
  expect(newer.metrics.timer('t', () => 5)).toBe(5);
  const { distribution } = newer.metrics;
  distribution('size', 1);

  expect(problems).toEqual([
    expect.stringMatching(/^missing_method .* lacks distribution\(\), timer\(\): .*npm ls @metrics\/core/),
  ]);
  expect(newer.metrics.stats().dropped).toEqual({ missing_method: 4 });
});

it('a facade that is older than this agreement works as well', () => {
  const older = loadCopy(without('set', 'missMethods'));
  expect('set' in older.metrics).toBe(false);
  const { metrics } = loadCopy();
  expect(metrics).toBe(older.metrics);
  metrics.set('users', 'ann');
  expect(metrics.stats().dropped).toEqual({});
});

it('an older copy finds the facade of a newer one, and two copies of one version change nothing', () => {
  const newer = loadCopy();
  const names = Reflect.ownKeys(Object.getPrototypeOf(newer.metrics) as object);
  expect(loadCopy(without('set')).metrics).toBe(newer.metrics);
  expect(loadCopy().metrics).toBe(newer.metrics);
  expect(Reflect.ownKeys(Object.getPrototypeOf(newer.metrics) as object)).toEqual(expect.arrayContaining(names));
  expect(names).toContain('set');
});
