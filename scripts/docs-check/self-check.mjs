// Proves that the check of documents can fail: a good document passes, and each bad one is found for its own reason.
import { rmSync } from 'node:fs';
import { checkPages, pagesFolder } from './check-pages.mjs';
import { readDocument } from './read-document.mjs';
import { readExamples } from './read-examples.mjs';

const FOLDER = 'self-check';
const fenced = (/** @type {string} */ info, /** @type {string} */ code) => `\`\`\`${info}\n${code}\n\`\`\`\n`;
const commented = (/** @type {string} */ code) =>
  `/**\n * Counts.\n *\n * @example\n * \`\`\`ts\n * ${code}\n * \`\`\`\n */\nexport const one = 1;\n`;
const prints = (/** @type {string} */ text) => fenced('ts', `console.log('${text}');`);

const good = [
  fenced('ts [names.ts]', "export const name: string = 'shop';"),
  fenced('json [limits.json]', '{ "jobs": 7 }'),
  fenced(
    'ts [src/app.ts]',
    [
      "import { readFileSync } from 'node:fs';",
      "import { name } from '../names.js';",
      "console.log(name, JSON.parse(readFileSync('limits.json', 'utf8')).jobs);",
      "console.warn('at', Date.now());",
      "for (let line = 0; line < 9; line += 1) console.log('line', line);",
    ].join('\n'),
  ),
  'It prints:\n\n',
  fenced('text [output]', 'shop 7\nat …\nline 0\n…\nline 8'),
  fenced('js', "const path = require('node:path');\nconsole.log(path.basename('a/b'));"),
  fenced('text [output]', 'b'),
  fenced('ts no-run [later.ts]', "import { name } from './names.js';\nthrow new Error(name);"),
  fenced('sh [npm]', 'npm install'),
].join('\n');

/** Each document with what its only error says. @type {[string, RegExp][]} */
const bad = [
  [prints('one') + fenced('text [output]', 'two'), /printed something else.*shown\ntwo\n.*printed\none/s],
  [prints('one') + fenced('text [output]', 'one\ntwo'), /printed something else/],
  [prints('1.5') + fenced('text [output]', '1…6'), /printed something else/],
  [fenced('ts', "import { name } from './missing.js';\nconsole.log(name);"), /TS2307.*missing/],
  [fenced('ts no-run', "const count: number = 'many';\nconsole.log(count);"), /\.md:2:7 .*TS2322/],
  [fenced('ts', "throw new Error('broken');"), /exit code 1.*broken/s],
  [fenced('text [output]', 'one'), /follows no program/],
  [`${prints('one')}\n## Another thing\n\n${fenced('text [output]', 'one')}`, /follows no program/],
  [prints('one') + fenced('text [output]', 'one').repeat(2), /follows no program/],
  [fenced('ts no-run', "console.log('one');") + fenced('text [output]', 'one'), /does not run/],
  [prints('one') + fenced('sh [output]', 'one'), /title of a `text` fence/],
  [fenced('ts [Express]', "console.log('one');"), /`\[Express\]` is not a file name/],
  [fenced('ts [../app.ts]', "console.log('one');"), /is not a file name/],
  [fenced('text [result]', 'one'), /`text \[result\]`/],
  [fenced('ts [app.ts]', "console.log('one');").repeat(2), /one file of a name/],
  [fenced('ts norun', "console.log('one');"), /no option `norun`/],
  [fenced('typescript', "console.log('one');"), /instead of `typescript`/],
  [readExamples(commented("throw new Error('in a comment');")), /exit code 1.*in a comment/s],
];

/** @returns {Promise<string[]>} what the check should have found, or should not have */
export async function selfCheck() {
  const pages = bad.map(([text], index) => readDocument(`bad-${index}.md`, text));
  const errors = await checkPages([readDocument('good.md', good), ...pages], FOLDER);
  const inGood = errors.filter((error) => error.startsWith('good.md')).map((error) => `self-check: ${error}`);
  const missed = bad.flatMap(([text, message], index) => {
    const found = errors.filter((error) => error.startsWith(`bad-${index}.md:`));
    // Node.js runs what does not compile, so one mistake may be found twice.
    if (found.some((error) => message.test(error))) return [];
    return [`self-check: ${message} was not found, but ${JSON.stringify(found)}, in this document:\n${text}`];
  });
  const all = [...inGood, ...missed];
  if (all.length === 0) rmSync(pagesFolder(FOLDER), { recursive: true, force: true });
  return all;
}
