// Checks that the manifests agree: with each other by sherif, and all published ones with the URL of the repository, which
// is in the root's package.json only. `--update` writes what follows from it into manifests and READMEs. `--release`
// fails while the URL is a placeholder.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { publishedPackages, readJson, root, succeeds } from './workspace.mjs';

const update = process.argv.includes('--update');
const { repository } = readJson(path.join(root, 'package.json'));
const home = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
/** Pages of files on npm must be absolute; their links begin in one of these ways. */
const FILE_LINK = /(\]\()https?:\/\/[^\s)]+?(?=\/(?:blob|raw)\/main\/([^\s)#]+))/g;
const RELATIVE_LINK = /\]\((?!https?:|#|mailto:)[^)]*\)/g;
const errors = succeeds(['sherif']) ? [] : ['sherif reports errors, see above'];

if (process.argv.includes('--release') && new URL(home).hostname.endsWith('.example'))
  errors.push(`${home} is a placeholder: put the URL of the repository into package.json, and run --update`);

for (const { folder, directory } of publishedPackages) {
  const derived = {
    homepage: `${home}/tree/main/packages/${folder}#readme`,
    bugs: { url: `${home}/issues` },
    repository: { type: 'git', url: repository.url, directory: `packages/${folder}` },
  };
  agree(path.join(directory, 'package.json'), (text) => {
    const { name, version, description, keywords, homepage: _, bugs: __, repository: ___, ...rest } = JSON.parse(text);
    if (!(keywords?.length > 0)) errors.push(`${name} has no keywords`);
    if (rest.scripts?.preinstall ?? rest.scripts?.install ?? rest.scripts?.postinstall)
      errors.push(`${name} has a script that runs when it is installed`);
    const subpaths = Object.keys(rest.exports).filter((subpath) => subpath !== '.' && subpath !== './package.json');
    for (const file of ['dist', 'CHANGELOG.md', ...subpaths.map((subpath) => subpath.slice(2))])
      if (!rest.files.includes(file)) errors.push(`${name}: "files" lacks ${file}`);
    const ordered = { name, version, description, keywords, ...derived, ...rest };
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(ordered)
      ? text
      : `${JSON.stringify(ordered, null, 2)}\n`;
  });
  agree(path.join(directory, 'README.md'), (text) => {
    for (const [link] of text.matchAll(RELATIVE_LINK))
      errors.push(`packages/${folder}/README.md: on npm there is no ${link.slice(2, -1)}; link to ${home}/blob/main/…`);
    // Other repositories have pages of files, too.
    return text.replace(FILE_LINK, (link, start, file) =>
      existsSync(path.join(root, file)) ? `${start}${home}` : link,
    );
  });
}

for (const error of errors) console.error(error);
if (errors.length === 0) console.log(`all published manifests and READMEs agree, and refer to ${home}`);
process.exitCode = errors.length > 0 ? 1 : 0;

/**
 * @param {string} file
 * @param {(text: string) => string} derive
 */
function agree(file, derive) {
  const text = readFileSync(file, 'utf8');
  const expected = derive(text);
  if (expected === text) return;
  if (update) writeFileSync(file, expected);
  else
    errors.push(
      `${path.relative(root, file)} differs from package.json of the root: run \`node scripts/check-manifests.mjs --update\``,
    );
}
