// Compiles and runs every ```ts and ```js block of the READMEs, of docs and of `@example` in doc comments, each as a separate module
// in a separate process that must succeed and end by itself. Needs a build. Parameters name the documents to check; without them it checks all, and itself.
//
// ```ts no-run is compiled only, ```ts no-check is run only; the text around such a block gives the reason.
// ```ts [app.ts] is a file: other blocks of the page import it as './app.js'; ```json [limits.json] is one that they read.
// ```text [output] after a block is what the block prints; `…` there means any characters, or any lines.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checkPages } from './docs-check/check-pages.mjs';
import { readDocument } from './docs-check/read-document.mjs';
import { readExamples, sourceFiles } from './docs-check/read-examples.mjs';
import { selfCheck } from './docs-check/self-check.mjs';
import { documentPages, publishedPackages, root } from './workspace.mjs';

const named = process.argv.slice(2);
const documents = named.length > 0 ? named : allDocuments();
const pages = documents.map((document) => {
  const text = readFileSync(path.join(root, document), 'utf8');
  return readDocument(document, document.endsWith('.ts') ? readExamples(text) : text);
});
const blocks = pages.flatMap((page) => page.blocks).filter((block) => block.isProgram);
const errors = await checkPages(pages, 'pages');
if (named.length === 0) errors.push(...(await selfCheck()));

if (blocks.length === 0) errors.push('no code block found: either there are no READMEs or the pattern is wrong');
for (const error of errors) console.error(error);
const runs = blocks.filter((block) => block.runs);
const outputs = runs.filter((block) => block.expectedOutput !== undefined);
console.log(
  `${blocks.length} blocks compiled, ${runs.length} run, ${outputs.length} outputs compared, ${errors.length} errors`,
);
process.exitCode = errors.length > 0 ? 1 : 0;

function allDocuments() {
  return [
    'README.md',
    'CONTRIBUTING.md',
    ...publishedPackages.map((each) => `packages/${each.folder}/README.md`),
    ...sourceFiles(),
    ...documentPages().map((name) => `docs/${name}`),
  ];
}
