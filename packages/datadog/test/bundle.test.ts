import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runProgram } from 'test-kit/run-program';

const root = join(__dirname, '..');

function manifest(): Record<string, Record<string, string>> {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as never;
}

test("Datadog's API client is neither installed nor loaded with the package", async () => {
  expect(manifest()['dependencies']).not.toHaveProperty('datadog-metrics');
  const built = readdirSync(join(root, 'dist')).filter((file) => /\.c?js$/.test(file) && !file.includes('browser'));
  expect(built).toEqual(expect.arrayContaining(['index.cjs', 'index.js']));
  for (const file of built) {
    const text = readFileSync(join(root, 'dist', file), 'utf8');
    // Compares booleans, because a failed match would print the whole file.
    expect([file, text.includes('datadog-api-client')]).toEqual([file, false]);
    expect([file, /(?:require\(|from |import\()["'](?:datadog-metrics|debug|@datadog)/.test(text)]).toEqual([
      file,
      false,
    ]);
    expect([file, /Histogram = class|class Histogram/.test(text)]).toEqual([file, true]);
  }
});

test('loading the package loads a few modules, and not undici', async () => {
  const source = `
    import { createRequire } from 'node:module';
    const require = createRequire(${JSON.stringify(join(root, 'index.js'))});
    require('./dist/index.cjs');
    console.log(JSON.stringify(Object.keys(require.cache).map((path) => path.replaceAll('\\\\', '/'))));
  `;
  const { code, output } = await runProgram(source, { cwd: root });
  expect({ code, output }).toMatchObject({ code: 0 });
  const modules = JSON.parse(output) as string[];
  expect(modules.length).toBeLessThan(10);
  expect(modules.filter((path) => /undici|@datadog|datadog-metrics/.test(path))).toEqual([]);
});

test('the package contains the license of the bundled code', () => {
  const require = createRequire(__filename);
  const license = readFileSync(join(dirname(require.resolve('datadog-metrics/package.json')), 'LICENSE'), 'utf8');
  const notices = readFileSync(join(root, 'THIRD-PARTY-NOTICES.md'), 'utf8');
  expect(notices).toContain(license.trim());
  expect(notices).toContain(`datadog-metrics ${manifest()['devDependencies']!['datadog-metrics']}`);
  expect(manifest()['files']).toContain('THIRD-PARTY-NOTICES.md');
});
