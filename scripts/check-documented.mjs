// Fails when an export of a published package, or a member of one, has no comment, and when a public signature uses a type that
// no entry exports. TypeDoc finds both in the program of which it makes the reference.
import { Application, TSConfigReader } from 'typedoc';
import reference from '../typedoc.config.mjs';
import { publishedPackages } from './workspace.mjs';

const names = publishedPackages.map(({ manifest }) => manifest.name);
// Without the reader of typedoc.config.mjs, whose options belong to plugins that are not loaded here.
const app = await Application.bootstrap(
  {
    entryPoints: reference.entryPoints,
    tsconfig: reference.tsconfig,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    readme: 'none',
    disableGit: true,
    disableSources: true,
    packagesRequiringDocumentation: names,
  },
  [new TSConfigReader()],
);
/** @type {Set<string>} */
const found = new Set();
app.logger.validationWarning = (/** @type {string} */ message) => found.add(message);

const project = await app.convert();
if (!project) throw new Error('TypeDoc could not read the sources; run `npm run typecheck`');
app.options.setValue('validation', { notDocumented: true, notExported: false, invalidLink: false });
app.validate(project);
const undocumented = found.size;
app.options.setValue('validation', { notDocumented: false, notExported: true, invalidLink: false });
for (const name of names) {
  // TypeDoc asks this of one package only, the one that the project is named after.
  project.packageName = name;
  // The rule by which the compiler judges a tag key, and the page that it refers to: the comment of CheckedTags says what they do.
  const internals = name === '@metrics/core' ? ['KeyCheck', 'DocumentationPage'] : [];
  app.options.setValue('intentionallyNotExported', internals);
  app.validate(project);
}

for (const message of [...found].sort()) console.error(message);
console.log(`${undocumented} without a comment, ${found.size - undocumented} types used and not exported`);
process.exitCode = found.size > 0 || app.logger.hasErrors() ? 1 : 0;
