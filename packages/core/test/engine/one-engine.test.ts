import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ProgramResult, runProgram } from 'test-kit/run-program';

const dist = join(__dirname, '..', '..', 'dist');

let copies: string;

beforeAll(() => {
  copies = mkdtempSync(join(tmpdir(), 'metrics-copies-'));
  for (const version of ['1.4.0', '1.9.9']) {
    const folder = join(copies, version, 'dist');
    cpSync(dist, folder, { recursive: true });
    writeFileSync(join(copies, version, 'package.json'), JSON.stringify({ type: 'module', version }));
    // Another version differs inside: only the public methods may be shared.
    for (const file of ['index.js', 'index.cjs']) {
      const path = join(folder, file);
      writeFileSync(
        path,
        readFileSync(path, 'utf8').replaceAll('discarding', `discarding${version.length}_${version[2]}`),
      );
    }
  }
});
afterAll(() => rmSync(copies, { recursive: true }));

const backend = `
  const names = new Map(), lines = [];
  const backend = {
    open: (id, { name, tags }) => names.set(id, name + JSON.stringify(tags)), release() {},
    incr: (id, amount) => lines.push(names.get(id) + ' ' + amount), gauge() {}, timing() {}, distribution() {}, set() {},
    flush: async () => {}, close: async () => {}, stats: () => ({ accepted: lines.length, sent: lines.length, dropped: {}, pending: 0, sampledOut: 0 }),
  };`;

function run(source: string): Promise<ProgramResult> {
  return runProgram(source, { cwd: join(dist, '..') });
}

it('an ESM copy, a CommonJS copy and two other versions share one backend, context, families and handles', async () => {
  const { code, output } = await run(`
    import { createRequire } from 'node:module';
    ${backend}
    const require = createRequire('${dist}/');
    const esm = await import('${pathToFileURL(dist).href}/index.js');
    const cjs = require('${dist}/index.cjs');
    const older = await import('file://${copies}/1.4.0/dist/index.js');
    const newer = require('${copies}/1.9.9/dist/index.cjs');
    const all = [esm, cjs, older, newer];
    const early = newer.metrics.defineCounter('early', { tags: ['a'] }).with({ a: 1 });
    older.metrics.register(backend, { prefix: 'p.' });
    for (const { metrics } of all) metrics.incr('x');
    cjs.metrics.withTags({ context: 1 }, () => newer.metrics.child({ prefix: 'c.' }).incr('y'));
    early.incr();
    newer.metrics.timer('x', () => 0);
    console.log(JSON.stringify({
      lines, dropped: esm.metrics.stats().dropped,
      one: new Set(all.map(({ metrics }) => metrics)).size, classes: new Set(all.map(({ DummyMetricsBackend }) => DummyMetricsBackend)).size,
    }));
    await newer.metrics.close();
    newer.configure();
    try { esm.configure({ backend: () => ({ ...backend }) }); cjs.metrics.incr('x'); console.log(lines.at(-1)); } catch (error) { console.log(error.message); }
  `);
  const [first, last] = output
    .trim()
    .split('\n')
    .filter((line) => !line.includes('Warning') && !line.startsWith('(Use'));
  expect(JSON.parse(first!)).toEqual({
    lines: [...Array(4).fill('p.x[] 1'), 'p.c.y[["context","1"]] 1', 'p.early[["a","1"]] 1'],
    dropped: { kind_conflict: 1 },
    one: 1,
    classes: 4,
  });
  expect(last).toBe('x[] 1');
  expect(code).toBe(0);
});

it('a dummy of another copy is replaced without asking', async () => {
  const { output } = await run(`
    ${backend}
    const esm = await import('${pathToFileURL(dist).href}/index.js');
    const older = await import('file://${copies}/1.4.0/dist/index.js');
    esm.metrics.register(new older.DummyMetricsBackend());
    esm.metrics.incr('x');
    esm.metrics.register(backend);
    older.metrics.incr('x');
    console.log(lines.length, esm.metrics.stats().discarded);
  `);
  expect(output.trim().split('\n').at(-1)).toBe('1 1');
});

it('a tap of another copy receives samples and problems', async () => {
  const { code, output } = await run(`
    ${backend}
    const esm = await import('${pathToFileURL(dist).href}/index.js');
    const { tap } = await import('file://${copies}/1.4.0/dist/backend.js');
    esm.metrics.incr('x');
    esm.metrics.register(backend);
    esm.metrics.incr('x');
    const tapped = tap(esm.metrics, { backend, onProblem: ({ code }) => lines.push(code) });
    esm.metrics.incr('x');
    esm.metrics.gauge('g', NaN);
    tapped[Symbol.dispose]();
    esm.metrics.incr('x');
    console.log(lines.join());
  `);
  expect(output.split('\n')).toContain('x[] 1,x[] 1,x[] 1,invalid_value,x[] 1');
  expect(code).toBe(0);
});
