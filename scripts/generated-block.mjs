// Blocks of a document that a script writes, between two comments.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './workspace.mjs';

/**
 * Writes a block of a document if the command line has `--update`. Otherwise compares it, and fails this process if it
 * differs.
 * @param {string} file in the workspace
 * @param {string} name of the block, in `<!-- name: begin … -->` and `<!-- name: end -->`
 * @param {string | ((written: string) => string)} content or what it is, given the block that the document has now
 * @param {string} command that writes the block, for the message
 */
export function checkBlock(file, name, content, command) {
  const document = path.join(root, file);
  const text = readFileSync(document, 'utf8');
  const block = new RegExp(`(?<=<!-- ${name}: begin[^\\n]*-->\\n).*?(?=<!-- ${name}: end -->)`, 's');
  if (!block.test(text)) throw new Error(`${file} has no block <!-- ${name}: begin --> … <!-- ${name}: end -->`);
  const updated = text.replace(block, (written) => {
    const table = typeof content === 'function' ? content(written) : content;
    return `\n${table.trim()}\n\n`;
  });
  if (updated === text) {
    console.log(`${file}: block ${name} is up to date`);
  } else if (process.argv.includes('--update')) {
    writeFileSync(document, updated);
    console.log(`${file}: block ${name} written`);
  } else {
    console.error(`${file}: block ${name} is out of date; run \`${command}\` and commit the result`);
    process.exitCode = 1;
  }
}
