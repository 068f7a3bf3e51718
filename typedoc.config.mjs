// The reference: one page for each entry of a published package, written into docs/api from the comments of the sources.
import ts from 'typescript';
import { publishedPackages } from './scripts/workspace.mjs';

/** @type {Record<string, string[]>} */
const sources = ts.readConfigFile('tsconfig.base.json', ts.sys.readFile).config.compilerOptions.paths;

const entryPoints = publishedPackages.flatMap(({ folder, manifest }) =>
  Object.keys(manifest.exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath) => sources[`${manifest.name}${subpath.slice(1)}`]?.[0] ?? `./packages/${folder}/src/index.ts`),
);

export default {
  name: '@metrics',
  entryPoints,
  tsconfig: 'tsconfig.docs.json',
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
  out: 'docs/api',
  docsRoot: 'docs',
  readme: 'none',
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  // The pages are the same in every clone, also without git.
  disableSources: true,
  disableGit: true,
  outputFileStrategy: 'modules',
  entryFileName: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  groupOrder: ['Variables', 'Functions', 'Classes', 'Interfaces', 'Type Aliases', '*'],
  sidebar: { pretty: true },
  externalSymbolLinkMappings: {
    typescript: { RangeError: 'https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/RangeError' },
  },
  // scripts/check-documented.mjs finds the rest.
  validation: { notExported: false, notDocumented: false, invalidLink: true, rewrittenLink: false },
};
