// The documents in a package, and that their links work for a reader who has nothing but the package.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { publishedPackages, readJson, root } from '../workspace.mjs';
import { checkEach, columns } from './row.mjs';

const { url } = readJson(path.join(root, 'package.json')).repository;
/** Pages of files in the repository. */
const pages = new RegExp(
  `^${url.replace(/^git\+|\.git$/g, '').replaceAll('.', '\\.')}/(?:blob|tree|raw)/main/([^#?]*)`,
);
const LINK = /\]\(([^)\s]+)\)/g;

/** @type {import('./row.mjs').Row[]} */
export const tarballs = [
  {
    group: 'Contents',
    name: 'README, LICENSE, CHANGELOG, notices; links',
    ci: 'each',
    cells: checkEach(columns, (column) => (workplace) => checkDocuments(workplace, column)),
  },
];

/**
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {string} column
 */
async function checkDocuments(workplace, column) {
  const folder = path.join(await workplace.everything(), 'node_modules', '@metrics', column);
  const { files, version } = readJson(path.join(folder, 'package.json'));
  const { directory = '' } = publishedPackages.find(({ manifest }) => manifest.name === `@metrics/${column}`) ?? {};
  const errors = [];
  const expected = new Set(['README.md', 'LICENSE', 'CHANGELOG.md', ...files]);
  // Code of others is in the package.
  if (existsSync(path.join(directory, 'THIRD-PARTY-NOTICES.md'))) expected.add('THIRD-PARTY-NOTICES.md');
  for (const name of expected) if (!existsSync(path.join(folder, name))) errors.push(`${name} is missing`);
  for (const name of readdirSync(folder))
    if (!expected.has(name) && name !== 'package.json') errors.push(`${name} is not expected`);
  if (!readIfThere(folder, 'CHANGELOG.md').includes(`## ${version}`)) errors.push(`CHANGELOG.md lacks ${version}`);
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.md')))
    for (const [, link = ''] of readIfThere(folder, name).matchAll(LINK)) {
      const [, page] = pages.exec(link) ?? [];
      if (page !== undefined && !existsSync(path.join(root, page)))
        errors.push(`${name}: the repository lacks ${page}`);
      if (!/^(https?:|mailto:|#)/.test(link) && !existsSync(path.join(folder, link.replace(/#.*/, ''))))
        errors.push(`${name}: the package lacks ${link}`);
    }
  if (errors.length > 0) throw new Error(errors.join('\n'));
}

/**
 * @param {string} folder
 * @param {string} name
 */
function readIfThere(folder, name) {
  const file = path.join(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
