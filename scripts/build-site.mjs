// Builds the site into docs/.vitepress/dist and checks it: dead links between pages and to files fail in VitePress, dead anchors
// in check-html-links, and a page that no sidebar has here. Needs no network.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { documentPages, root, run } from './workspace.mjs';

const docs = path.join(root, 'docs');
run(['typedoc', '--options', 'typedoc.config.mjs', '--logLevel', 'Warn'], { quiet: true });
run(['vitepress', 'build', 'docs'], { quiet: true });

const config = readFileSync(path.join(docs, '.vitepress', 'config.mts'), 'utf8');
const linked = new Set([...config.matchAll(/page\('[^']*', '([^']*)'\)/g)].map(([, link = '']) => link));
const pages = documentPages()
  .filter((name) => name !== 'index.md')
  .map((name) => name.replace(/(?<=^|\/)index\.md$|\.md$/, ''));
const errors = [
  ...pages.filter((name) => !linked.has(name)).map((name) => `docs/${name}.md is in no sidebar`),
  ...[...linked]
    .filter((name) => !pages.includes(name))
    .map((name) => `the sidebar names /${name}, which does not exist`),
];
for (const error of errors) console.error(error);

run(['check-html-links', 'docs/.vitepress/dist'], { quiet: true });
console.log(`${pages.length} pages and the reference, without a dead link`);
if (errors.length > 0) process.exitCode = 1;
