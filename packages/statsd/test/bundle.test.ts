import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runProgram } from 'test-kit/run-program';

const root = join(__dirname, '..');
const hotShots = dirname(createRequire(__filename).resolve('hot-shots/package.json'));

function readManifest(): Record<string, Record<string, string>> {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as never;
}

function readBuilt(pattern: RegExp): { file: string; text: string }[] {
  return readdirSync(join(root, 'dist'))
    .filter((file) => pattern.test(file))
    .map((file) => ({ file, text: readFileSync(join(root, 'dist', file), 'utf8') }));
}

test('the build contains the sockets of hot-shots, and neither the rest of it nor a reference to it', () => {
  expect(readManifest()['dependencies']).not.toHaveProperty('hot-shots');
  const built = readBuilt(/\.c?js$/);
  expect(built.map(({ file }) => file)).toEqual(
    expect.arrayContaining(['index.cjs', 'index.js', 'wire.cjs', 'wire.js']),
  );
  for (const { file, text } of built) {
    // Compares booleans, because a failed match would print the whole file.
    expect([file, /(?:require\(|from |import\(|import )["']hot-shots/.test(text)]).toEqual([file, false]);
    expect([file, /originDetection\.js|statsFunctions\.js|telemetry\.js|hot-shots\/index/.test(text)]).toEqual([
      file,
      false,
    ]);
  }
  for (const extension of ['.js', '.cjs']) {
    const files = built.filter(({ file }) => file.endsWith(extension));
    const parts = files.flatMap(({ text }) => [...text.matchAll(/#region \S*node_modules\/hot-shots\/(\S+)/g)]);
    expect(new Set(parts.map(([, part]) => part))).toEqual(new Set(['lib/constants.js', 'lib/transport.js']));
  }
});

test('an ES module of the build requires nothing, so that bundlers of applications can follow its imports', () => {
  for (const { file, text } of readBuilt(/(?<!c)js$/)) {
    expect([file, /\brequire\(|__require\(/.test(text.replaceAll(/^\s*(?:\*|\/\/|\/\*).*$/gm, ''))]).toEqual([
      file,
      false,
    ]);
  }
});

test('the build does not import node:process, which takes longer than the rest', () => {
  for (const { file, text } of readBuilt(/\.c?js$/))
    expect([file, /["'](?:node:)?process["']/.test(text)]).toEqual([file, false]);
});

test.each([
  ['an import', `await import('./dist/index.js');`],
  ['a require', `createRequire(process.cwd() + '/index.js')('./dist/index.cjs');`],
])('%s loads no module beyond the sockets, its own packages and built-in modules', async (_kind, load) => {
  const { code, output } = await runProgram(
    `
    import { createRequire } from 'node:module';
    const packagesOf = () => Object.keys(createRequire(process.cwd() + '/index.js').cache).map((path) => path.replaceAll('\\\\', '/'));
    ${load.replace('./dist/index.js', join(root, 'dist', 'index.js').replaceAll('\\', '/'))}
    const builtIn = process.moduleLoadList.filter((name) => /NativeModule (?:http|https|tls|child_process|crypto|zlib)$/.test(name));
    console.log(JSON.stringify({ builtIn, modules: packagesOf().filter((path) => !/packages\\/(?:core|aggregation|statsd)\\/dist\\//.test(path)) }));
  `,
    { cwd: root },
  );
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(JSON.parse(output)).toEqual({ builtIn: [], modules: [] });
});

test('the package contains the license of the bundled code', () => {
  const license = readFileSync(join(hotShots, 'LICENSE'), 'utf8');
  const notices = readFileSync(join(root, 'THIRD-PARTY-NOTICES.md'), 'utf8');
  expect(notices).toContain(license.trim());
  expect(notices).toContain(`hot-shots ${readManifest()['devDependencies']!['hot-shots']}`);
  expect(readManifest()['files']).toContain('THIRD-PARTY-NOTICES.md');
});

describe('what an update of hot-shots must not change unnoticed', () => {
  const version = (JSON.parse(readFileSync(join(hotShots, 'package.json'), 'utf8')) as { version: string }).version;

  test('the version is pinned, and is the one whose transport was read', () => {
    // After an update: read the differences of lib/transport.js and lib/constants.js, and of sendMessage and
    // protocolErrorHandler in lib/statsd.js, whose work HotShotsClient does.
    expect(readManifest()['devDependencies']!['hot-shots']).toBe(version);
    expect(version).toBe('17.1.1');
  });

  test('the transport requires only built-in modules, the constants and unix-dgram', () => {
    const required = ['transport.js', 'constants.js'].flatMap((file) =>
      [...readFileSync(join(hotShots, 'lib', file), 'utf8').matchAll(/require\('([^']+)'\)/g)].map(([, name]) => name),
    );
    expect(new Set(required)).toEqual(
      new Set(['./constants', 'assert', 'dgram', 'dns', 'net', 'os', 'process', 'unix-dgram', 'util']),
    );
  });
});
