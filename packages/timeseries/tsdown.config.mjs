// The build of all packages, plus the page: src/http/page-files.ts is evaluated at build time and its value bundled.
import shared from '../../tsdown.config.mjs';
import page from './build-page.cjs';

export default shared.map((each) => ({
  ...each,
  plugins: [
    {
      name: 'page-files',
      load(/** @type {string} */ id) {
        if (!id.endsWith('/page-files.ts')) return null;
        return `export const pageFiles: Record<string, string> = ${JSON.stringify(page.buildPage())};\n`;
      },
    },
  ],
}));
