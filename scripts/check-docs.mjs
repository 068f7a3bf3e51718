// Compiles and runs every ```ts and ```js block of the READMEs and docs, each as a separate module in a separate process that
// must succeed and end by itself. Blocks see the built packages, as a reader's program does. Needs a build.
// ```ts no-run is compiled only, ```ts no-check is run only; the text around such a block gives the reason.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { publishedPackages, root } from './workspace.mjs';

/** A bound for a block that hangs; a busy machine needs seconds to start a process. */
const RUN_LIMIT_MILLISECONDS = 60_000;
const fence = /^( *)(`{3,})(\w+)([^\n`]*)\n(.*?)^\1\2 *$/gms;
const knownOptions = new Set(['no-run', 'no-check']);
/** Other names of the two languages: a block must not escape the check by its spelling. */
const aliases = new Set(['typescript', 'javascript', 'mts', 'cts', 'mjs', 'cjs', 'tsx', 'jsx']);

// Inside the examples, because those depend on all packages.
const folder = path.join(root, 'examples', '.docs-check');

/**
 * @typedef {object} Block
 * @property {string} place file and line, for messages
 * @property {string} output the compiled module
 * @property {boolean} runs
 */

/** @type {string[]} */
const errors = [];
rmSync(folder, { recursive: true, force: true });
mkdirSync(path.join(folder, 'source'), { recursive: true });
const blocks = documents().flatMap(extract);
compile();
const waiting = blocks.filter(({ runs }) => runs);
const numberOfRuns = waiting.length;
await Promise.all(Array.from({ length: availableParallelism() }, work));

if (blocks.length === 0) errors.push('no code block found: either there are no READMEs or the pattern is wrong');
for (const error of errors) console.error(error);
console.log(`${blocks.length} blocks compiled, ${numberOfRuns} run, ${errors.length} errors`);
// The files of failed blocks stay, for inspection.
if (errors.length === 0) rmSync(folder, { recursive: true, force: true });
process.exitCode = errors.length > 0 ? 1 : 0;

function documents() {
  const docs = path.join(root, 'docs');
  return [
    'README.md',
    'CONTRIBUTING.md',
    ...publishedPackages.map((each) => `packages/${each.folder}/README.md`),
    ...(existsSync(docs) ? readdirSync(docs, { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`) : []),
  ].filter((file) => file.endsWith('.md') && existsSync(path.join(root, file)));
}

/**
 * Writes the blocks of a document as sources, moved down so that line numbers are those of the document.
 * @param {string} document
 * @returns {Block[]}
 */
function extract(document) {
  const text = readFileSync(path.join(root, document), 'utf8');
  return [...text.matchAll(fence)].flatMap((match) => {
    const [, indent = '', , language = '', info = '', code = ''] = match;
    const line = text.slice(0, match.index).split('\n').length + 1;
    const place = `${document}:${line}`;
    if (aliases.has(language)) errors.push(`${place}: write \`ts\` or \`js\` instead of \`${language}\``);
    if (language !== 'ts' && language !== 'js') return [];
    const options = info.split(/\s+/).filter(Boolean);
    // check-migrations.mjs runs it, and compares it with what the old library sends.
    if (options.includes('migration')) return [];
    for (const option of options)
      if (!knownOptions.has(option)) errors.push(`${place}: there is no option \`${option}\``);

    const commonJs = language === 'js' && /\brequire\(/.test(code) && !/^\s*import\b/m.test(code);
    const name = `${document.replace(/\W+/g, '-')}-${line}`;
    const header = options.includes('no-check') ? '// @ts-nocheck' : '';
    const body = code.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    // A block without imports is a module too: it may use `await`, and its names are its own.
    const footer = commonJs ? '' : 'export {};\n';
    const extension = commonJs ? 'cjs' : language === 'ts' ? 'mts' : 'mjs';
    writeFileSync(path.join(folder, 'source', `${name}.${extension}`), header + '\n'.repeat(line - 1) + body + footer);
    const output = path.join(folder, 'output', `${name}.${commonJs ? 'cjs' : 'mjs'}`);
    return [{ place, output, runs: !options.includes('no-run') }];
  });
}

function compile() {
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2023', 'ESNext.Disposable'],
    module: 'NodeNext',
    strict: true,
    noImplicitAny: true,
    types: ['node', 'jest'],
    allowJs: true,
    checkJs: true,
    skipLibCheck: true,
    sourceMap: true,
    rootDir: 'source',
    outDir: 'output',
  };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['source'] }));
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { cwd: root, encoding: 'utf8' });
  if (status === 0 || blocks.length === 0) return;
  errors.push(stdout.trim() || 'tsc failed without a message');
}

async function work() {
  for (let block = waiting.shift(); block; block = waiting.shift()) {
    const error = await runBlock(block);
    if (error !== undefined) errors.push(`${block.place}: ${error}`);
  }
}

/**
 * @param {Block} block
 * @returns {Promise<string | undefined>} the error, if any
 */
function runBlock({ output }) {
  // Settings of the person who runs this must not change what the documents show.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:METRICS|DD)_/.test(name)));
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', output], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: RUN_LIMIT_MILLISECONDS,
      killSignal: 'SIGKILL',
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('close', (code, signal) => {
      if (signal !== null) resolve(`did not end by itself within ${RUN_LIMIT_MILLISECONDS / 1000} s\n${printed}`);
      else resolve(code === 0 ? undefined : `ended with exit code ${code}\n${printed}`);
    });
  });
}
