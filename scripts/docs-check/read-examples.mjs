// Reads the examples of doc comments, as a document with the fences that the other documents have.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { publishedPackages } from '../workspace.mjs';

/** @returns {string[]} the sources of all published packages, relative to the root */
export function sourceFiles() {
  return publishedPackages.flatMap(({ folder, directory }) =>
    readdirSync(path.join(directory, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `packages/${folder}/src/${name.replaceAll('\\', '/')}`),
  );
}

/**
 * Returns the lines that follow an `@example` in the doc comments of a source. All others are empty, so that line numbers stay.
 * @param {string} source
 * @returns {string}
 */
export function readExamples(source) {
  let isExample = false;
  const lines = source.split('\n').map((line) => {
    const text = /^ *\* ?(.*)$/.exec(line)?.[1];
    // Code, or the end of the comment.
    if (text === undefined || text === '/') isExample = false;
    else if (text.startsWith('@example')) isExample = true;
    else if (isExample) return text;
    return '';
  });
  return lines.join('\n');
}
