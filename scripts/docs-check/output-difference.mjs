/**
 * Compares what a program printed with what its document shows. `…` in a line means any characters, and a line that is only
 * `…` means any number of lines; so a document can show ports, times and long lists.
 *
 * @param {string} expected
 * @param {string} printed
 * @returns {string | undefined} the difference, if any
 */
export function outputDifference(expected, printed) {
  const expectedLines = linesOf(expected);
  const pattern = expectedLines
    .map((line) => (line.trim() === '…' ? '(?:.*\n)*' : `${linePattern(line, '.*')}\n`))
    .join('');
  const printedText = linesOf(printed)
    .map((line) => `${line}\n`)
    .join('');
  if (new RegExp(`^${pattern}$`).test(printedText)) return undefined;
  return `printed something else than the document shows\n--- shown\n${expectedLines.join('\n')}\n--- printed\n${printedText}`;
}

/** @param {string} text */
function linesOf(text) {
  const lines = text.split('\n').map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/**
 * Returns the pattern of a line that a document shows.
 *
 * @param {string} line
 * @param {string} wildcard the pattern of a `…`
 */
export function linePattern(line, wildcard) {
  return line
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join(wildcard);
}
