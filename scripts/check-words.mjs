// Finds words that the style of this project avoids (scripts/word-patterns.mjs) in comments, strings and documents, and
// UK spelling in identifiers too. Paths as arguments limit the search: `node scripts/check-words.mjs packages/core`.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { wordPatterns } from './word-patterns.mjs';

/**
 * Words of one place, with white space reduced to single spaces: `\n` is left between paragraphs only.
 *
 * @typedef {object} Passage
 * @property {string} text
 * @property {readonly number[]} offsets where each character of `text` is in the file
 * @property {'comment' | 'string' | 'prose' | 'name'} kind
 */

const sourceFile =
  /^(?:packages\/[^/]+\/(?:src|page|test)|scripts|examples|benchmarks|reliability)\/.*\.(?:[mc]?ts|[mc]?js|css|html)$/;
const document =
  /^(?:(?:README|CONTRIBUTING)\.md|docs\/(?:[^/]+\/)*[^/]+\.md|packages\/[^/]+\/README\.md|\.changeset\/[^/]+\.md)$/;
const skippedFolders = new Set(['node_modules', 'dist', '.git', '.turbo', 'coverage', 'results', '.docs-check']);
/** They hold the words that they look for. */
const skippedFiles = new Set(['scripts/word-patterns.mjs']);

const given = process.argv.slice(2).map((each) => path.posix.normalize(each).replace(/\/$/, ''));
const files = listFiles('.').filter(
  (file) => given.length === 0 || given.some((each) => each === '.' || file === each || file.startsWith(`${each}/`)),
);
let count = 0;
for (const file of files) {
  const source = readFileSync(file, 'utf8');
  /** @type {{ offset: number, words: string, write: string }[]} */
  const findings = [];
  for (const passage of passagesOf(file, source)) {
    for (const { pattern, write, except = [], scope } of wordPatterns) {
      if (scope === 'comments' && passage.kind !== 'comment') continue;
      if (scope !== 'names' && passage.kind === 'name') continue;
      for (const { 0: words, index } of passage.text.matchAll(pattern)) {
        if (except.some((exception) => covers(exception, passage.text, index, index + words.length))) continue;
        findings.push({ offset: passage.offsets[index] ?? 0, words: words.trim(), write });
      }
    }
  }
  for (const { offset, words, write } of findings.sort((a, b) => a.offset - b.offset))
    console.error(`${file}:${source.slice(0, offset).split('\n').length}: ${words}: write instead: ${write}`);
  count += findings.length;
}
console.log(`${files.length} files read, ${count} findings`);
if (files.length === 0) console.error(`no file is called ${given.join(', ') || 'as expected'}`);
process.exitCode = count > 0 || files.length === 0 ? 1 : 0;

/**
 * Lists the sources and documents below a folder, as paths with slashes.
 * @param {string} folder
 * @returns {string[]}
 */
function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : listFiles(file);
    if (skippedFiles.has(file) || !statSync(file).isFile()) return [];
    return sourceFile.test(file) || document.test(file) ? [file] : [];
  });
}

/**
 * @param {RegExp} exception
 * @param {string} text
 * @param {number} from
 * @param {number} to
 */
function covers(exception, text, from, to) {
  return [...text.matchAll(exception)].some((match) => match.index <= from && match.index + match[0].length >= to);
}

/**
 * @param {string} file
 * @param {string} source
 * @returns {Passage[]}
 */
function passagesOf(file, source) {
  if (file.endsWith('.md')) return [toPassage(source, blankCode(source), 0, 'prose')];
  if (/\.(?:css|html)$/.test(file)) return [toPassage(source, source, 0, 'name')];
  return passagesOfProgram(file, source);
}

/**
 * Comments, strings and names of a program. The parser finds strings, templates and regular expressions; with these
 * blanked, a scanner cannot mistake their content for a comment.
 * @param {string} file
 * @param {string} source
 * @returns {Passage[]}
 */
function passagesOfProgram(file, source) {
  /** @type {Passage[]} */
  const passages = [];
  const root = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  let rest = source;
  /** @param {ts.Node} node */
  const visit = (node) => {
    const from = node.getStart(root);
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) {
      passages.push(toPassage(source, node.text, from, 'name'));
    } else if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      const kind = isSpecifier(node) ? 'name' : 'string';
      passages.push(toPassage(source, source.slice(from + 1, node.end - 1), from + 1, kind));
      rest = blank(rest, from, node.end);
    } else if (ts.isRegularExpressionLiteral(node)) {
      rest = blank(rest, from, node.end);
    }
    ts.forEachChild(node, visit);
  };
  visit(root);
  return [...passages, ...commentsOf(rest)];
}

/** @param {ts.Node} node a string; names of files are no prose */
function isSpecifier({ parent }) {
  return (
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    ts.isLiteralTypeNode(parent) ||
    (ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword)
  );
}

/**
 * @param {string} source without strings
 * @returns {Passage[]}
 */
function commentsOf(source) {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, source);
  /** @type {{ from: number, to: number, isLine: boolean }[]} */
  const comments = [];
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    const isLine = token === ts.SyntaxKind.SingleLineCommentTrivia;
    if (!isLine && token !== ts.SyntaxKind.MultiLineCommentTrivia) continue;
    const from = scanner.getTokenStart();
    const to = scanner.getTokenEnd();
    const last = comments.at(-1);
    // Lines of one comment, each a token.
    if (isLine && last?.isLine && /^\r?\n[ \t]*$/.test(source.slice(last.to, from))) last.to = to;
    else comments.push({ from, to, isLine });
  }
  return comments.map(({ from, to, isLine }) => {
    const text = source.slice(from, isLine ? to : to - 2);
    return toPassage(
      source,
      text.replaceAll(/^[ \t]*(?:\/\/+|\/\*+|\*)/gm, (mark) => ' '.repeat(mark.length)),
      from,
      'comment',
    );
  });
}

/**
 * @param {string} source
 * @param {string} text as long as its place in the source
 * @param {number} from
 * @param {Passage['kind']} kind
 * @returns {Passage}
 */
function toPassage(source, text, from, kind) {
  let reduced = '';
  /** @type {number[]} */
  const offsets = [];
  // A paragraph ends with a blank line, a heading, a row of a table or an item of a list.
  for (const { 0: part, index } of text.matchAll(/\s+|\S+/g)) {
    const isSpace = /^\s/.test(part);
    if (isSpace && reduced === '') continue;
    const next = text.slice(index + part.length, index + part.length + 2);
    const endsParagraph = /\n\s*\n/.test(part) || (part.includes('\n') && /^(?:[#|>]|[-*] |\d[.)]|@\w)/.test(next));
    const kept = isSpace ? (endsParagraph ? '\n' : ' ') : part;
    for (let i = 0; i < kept.length; i++) offsets.push(from + index + i);
    reduced += kept;
  }
  return { text: reduced, offsets, kind };
}

/**
 * Blanks code, comments and the targets of links in a document.
 * @param {string} markdown
 */
function blankCode(markdown) {
  return markdown
    .replaceAll(/^( *)(`{3,}|~{3,})[^\n]*\n.*?^\1\2 *$/gms, (code) => code.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/<!--.*?-->/gs, (comment) => comment.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/`[^`\n]+`/g, (code) => `\`${'x'.repeat(code.length - 2)}\``)
    .replaceAll(/(?<=\])\([^)\s]*\)|https?:\/\/[^\s)]+/g, (target) => '_'.repeat(target.length));
}

/**
 * @param {string} text
 * @param {number} from
 * @param {number} to
 */
function blank(text, from, to) {
  return text.slice(0, from) + text.slice(from, to).replaceAll(/[^\n]/g, ' ') + text.slice(to);
}
