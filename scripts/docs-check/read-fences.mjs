const fence = /^( *)(`{3,})(\w+)([^\n`]*)\n(.*?)^\1\2 *$/gms;

/**
 * A fenced block of code, such as ```` ```ts [app.ts] no-run ````.
 *
 * @typedef {object} Fence
 * @property {string} whole as it is in the text
 * @property {number} index of it in the text
 * @property {number} line of its first line of code
 * @property {string} language
 * @property {string} info what follows the language
 * @property {string | undefined} title in brackets
 * @property {readonly string[]} options other words
 * @property {string} code without the indentation of the fence
 */

/** @param {string} text @returns {Fence[]} */
export function readFences(text) {
  return [...text.matchAll(fence)].map(
    ({ 0: whole, 1: indent = '', 3: language = '', 4: info = '', 5: code = '', index }) => ({
      whole,
      index,
      line: text.slice(0, index).split('\n').length + 1,
      language,
      info,
      title: /\[([^\]]*)\]/.exec(info)?.[1],
      options: info
        .replace(/\[[^\]]*\]/, '')
        .split(/\s+/)
        .filter(Boolean),
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}
