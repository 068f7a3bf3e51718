// Builds the page that timeSeriesHandler serves: one document, one style sheet and one script.
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { buildSync } = require('esbuild');

const folder = path.join(__dirname, 'page');

/** @returns {Record<'index.html' | 'page.css' | 'page.js', string>} */
exports.buildPage = function buildPage() {
  const license = readFileSync(path.join(path.dirname(require.resolve('uplot/package.json')), 'LICENSE'), 'utf8');
  const { outputFiles } = buildSync({
    entryPoints: [path.join(folder, 'page.ts'), path.join(folder, 'page.css')],
    bundle: true,
    minify: true,
    write: false,
    outdir: folder,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    // uPlot's license must accompany each copy.
    banner: { js: `/*! Contains uPlot, https://github.com/leeoniya/uPlot\n\n${license.trim()} */` },
  });
  const textOf = (/** @type {string} */ name) => {
    const file = outputFiles.find((each) => path.basename(each.path) === name);
    if (file === undefined) throw new Error(`esbuild made no ${name}`);
    return file.text;
  };
  return {
    'index.html': readFileSync(path.join(folder, 'index.html'), 'utf8'),
    'page.css': textOf('page.css'),
    'page.js': textOf('page.js'),
  };
};
