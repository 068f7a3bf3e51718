// Reads the fences of a document: which are programs, which are files that programs read, and which are their output.
import { readFences } from './read-fences.mjs';

const knownOptions = new Set(['no-run', 'no-check']);
/** Other names of the two languages: a block must not escape the check by its spelling. */
const aliases = new Set(['typescript', 'javascript', 'mts', 'cts', 'mjs', 'cjs', 'tsx', 'jsx']);
const fileName = /^(?!.*\.\.)[\w-][\w./-]*\.\w+$/;
const programName = /\.[cm]?[jt]s$/;

/**
 * @typedef {object} Block
 * @property {string} document
 * @property {number} line of its first line of code
 * @property {string} file within the folder of the document
 * @property {string} source moved down, so that line numbers are those of the document
 * @property {boolean} isProgram false for a file that programs read
 * @property {boolean} runs
 * @property {string} [expectedOutput]
 *
 * @typedef {{ document: string, blocks: Block[], errors: string[] }} Page
 */

/**
 * @param {string} document its name, for messages
 * @param {string} text
 * @returns {Page}
 */
export function readDocument(document, text) {
  /** @type {Page} */
  const page = { document, blocks: [], errors: [] };
  /** The last program, until a heading, another fence with output or a program follows. @type {Block | undefined} */
  let printer;
  let end = 0;
  for (const { whole, index, line, language, title, options, code } of readFences(text)) {
    const error = (/** @type {string} */ message) => page.errors.push(`${document}:${line}: ${message}`);
    if (/^#+ /m.test(text.slice(end, index))) printer = undefined;
    end = index + whole.length;

    const isProgram = language === 'ts' || language === 'js';

    // scripts/check-migrations.mjs runs it, and compares what arrives with what the old library sends.
    if (options.includes('migration')) {
      printer = undefined;
      continue;
    }
    if (aliases.has(language)) error(`write \`ts\` or \`js\` instead of \`${language}\``);
    if (title === 'output') {
      if (language !== 'text') error(`\`[output]\` is the title of a \`text\` fence, not of \`${language}\``);
      else if (!printer) error('`[output]` follows no program: put it after the one that prints it, under one heading');
      else if (!printer.runs) error(`the program in line ${printer.line} does not run, so it has no output`);
      else printer.expectedOutput = code;
      printer = undefined;
      continue;
    }
    if (isProgram) {
      printer = undefined;
      for (const option of options) if (!knownOptions.has(option)) error(`there is no option \`${option}\``);
      if (title !== undefined && !(fileName.test(title) && programName.test(title))) {
        error(`\`[${title}]\` is not a file name that ends with .ts, .js, .mts, .mjs, .cts or .cjs`);
        continue;
      }
    } else if (title === undefined || language === 'sh') {
      // A command has a title in a group of tabs: `sh [npm]`.
      continue;
    } else if (!fileName.test(title) || programName.test(title)) {
      error(`\`${language} [${title}]\`: a title is the name of a file with that content, or \`output\` of a \`text\``);
      continue;
    }

    const file = title ?? `line-${line}.${extensionOf(language, code)}`;
    const twin = page.blocks.find((each) => each.file === file);
    if (twin) {
      error(`\`[${file}]\` is the title of line ${twin.line} already: a page has one file of a name`);
      continue;
    }
    const block = {
      document,
      line,
      file,
      source: isProgram ? programSource(file, code, line, options) : code,
      isProgram,
      runs: isProgram && !options.includes('no-run'),
    };
    page.blocks.push(block);
    if (isProgram) printer = block;
  }
  return page;
}

/**
 * @param {string} language
 * @param {string} body
 */
function extensionOf(language, body) {
  if (language === 'ts') return 'mts';
  return /\brequire\(/.test(body) && !/^\s*import\b/m.test(body) ? 'cjs' : 'mjs';
}

/**
 * @param {string} file
 * @param {string} body
 * @param {number} line
 * @param {readonly string[]} options
 */
function programSource(file, body, line, options) {
  const header = options.includes('no-check') ? '// @ts-nocheck' : '';
  // A block without imports is a module too: it may use `await`, and its names are its own.
  const footer = /\.c[jt]s$/.test(file) ? '' : 'export {};\n';
  return header + '\n'.repeat(line - 1) + body + footer;
}
