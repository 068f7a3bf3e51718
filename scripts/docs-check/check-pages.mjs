// Compiles and runs the blocks of pages. Blocks of one page are files of one folder; they see the built packages, as a reader's
// program does.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { root } from '../workspace.mjs';
import { outputDifference } from './output-difference.mjs';
import { readerEnvironment } from './reader-environment.mjs';

/** A bound for a block that hangs; a busy machine needs seconds to start a process. */
const RUN_LIMIT_MILLISECONDS = 60_000;

/**
 * @typedef {import('./read-document.mjs').Page} Page
 * @typedef {import('./read-document.mjs').Block} Block
 */

/**
 * @param {readonly Page[]} pages
 * @param {string} name of the folder for the files; those of failed pages stay there, for inspection
 * @returns {Promise<string[]>} the errors
 */
export async function checkPages(pages, name) {
  const folder = pagesFolder(name);
  rmSync(folder, { recursive: true, force: true });
  const errors = pages.flatMap((page) => page.errors);
  for (const page of pages) for (const block of page.blocks) writeBlock(folder, block);
  errors.push(...compile(folder, pages));

  const waiting = [...pages];
  const work = async () => {
    for (let page = waiting.shift(); page; page = waiting.shift()) {
      // One after the other, as a reader runs them: blocks of a page may use one port or write one file.
      for (const block of page.blocks) {
        const error = block.runs ? await runBlock(folder, block) : undefined;
        if (error !== undefined) errors.push(`${block.document}:${block.line}: ${error}`);
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (errors.length === 0) rmSync(folder, { recursive: true, force: true });
  return errors;
}

/**
 * Inside the examples, because those depend on all packages.
 * @param {string} name
 */
export function pagesFolder(name) {
  return path.join(root, 'examples', '.docs-check', name);
}

/** @param {string} document */
function pageFolder(document) {
  return document.replace(/\.md$/, '').replaceAll(/\W+/g, '-');
}

/**
 * @param {string} folder
 * @param {Block} block
 */
function writeBlock(folder, { document, file, source, isProgram }) {
  // The compiler copies no other files, and a program reads them from its own folder.
  for (const side of isProgram ? ['source'] : ['source', 'output']) {
    const target = path.join(folder, side, pageFolder(document), file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, source);
  }
}

/**
 * @param {string} folder
 * @param {readonly Page[]} pages
 * @returns {string[]} the errors
 */
function compile(folder, pages) {
  if (pages.every((page) => page.blocks.length === 0)) return [];
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
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['source'] }));
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status === 0) return [];
  const documents = new Map(pages.map(({ document }) => [pageFolder(document), document]));
  // Lines of continued messages are indented.
  const messages = stdout.trim().split(/\n(?=\S)/);
  return messages.map((message) =>
    message.replace(
      /^source\/([^/]+)\/(\S+?)\((\d+),(\d+)\)/,
      (_, page, file, line, column) => `${documents.get(page) ?? page}:${line}:${column} (${file})`,
    ),
  );
}

/**
 * @param {string} folder
 * @param {Block} block
 * @returns {Promise<string | undefined>} the error, if any
 */
function runBlock(folder, { document, file, expectedOutput }) {
  const cwd = path.join(folder, 'output', pageFolder(document));
  const program = file.replace(/ts$/, 'js');
  const log = path.join(cwd, `${file}.log`);
  mkdirSync(cwd, { recursive: true });
  // One file for both, so that lines stay in the order in which they were written.
  const output = openSync(log, 'a');
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', program], {
      cwd,
      env: readerEnvironment(),
      stdio: ['ignore', output, output],
      timeout: RUN_LIMIT_MILLISECONDS,
      killSignal: 'SIGKILL',
    });
    closeSync(output);
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('close', (code, signal) => {
      const printed = readFileSync(log, 'utf8');
      if (signal !== null) resolve(`did not end by itself within ${RUN_LIMIT_MILLISECONDS / 1000} s\n${printed}`);
      else if (code !== 0) resolve(`ended with exit code ${code}\n${printed}`);
      else resolve(expectedOutput === undefined ? undefined : outputDifference(expectedOutput, printed));
    });
  });
}
