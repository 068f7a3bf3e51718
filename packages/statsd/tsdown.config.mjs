// The build of all packages, plus the sockets of hot-shots. They are CommonJS, and its `require` in an ES module becomes
// `createRequire(import.meta.url)`, which a bundler of an application cannot follow and which fails in a CommonJS bundle. So
// built-in modules are imported, and the native package is loaded by the file that loads it for this package.
import { isBuiltin } from 'node:module';
import path from 'node:path';
import shared from '../../tsdown.config.mjs';

const PREFIX = '\0required:';
const loader = path.resolve('src/transport/unix-dgram.ts');

export default shared.map((each) => ({
  ...each,
  deps: { ...each.deps, alwaysBundle: ['hot-shots'] },
  plugins: [
    {
      name: 'required-modules',
      resolveId: {
        order: 'pre',
        handler(
          /** @type {string} */ id,
          /** @type {string | undefined} */ _importer,
          /** @type {{ kind: string }} */ { kind },
        ) {
          if (kind !== 'require-call' || !(isBuiltin(id) || id === 'unix-dgram')) return null;
          return `${PREFIX}${id}`;
        },
      },
      load(/** @type {string} */ id) {
        if (!id.startsWith(PREFIX)) return null;
        const name = id.slice(PREFIX.length);
        // To import this one reads each of its properties, opens the standard streams and takes 8 ms.
        if (name === 'process') return `const { process } = globalThis;\nexport { process as 'module.exports' };\n`;
        if (isBuiltin(name))
          return `export { default as 'module.exports' } from 'node:${name.replace(/^node:/, '')}';\n`;
        return `import { loadUnixDgram } from ${JSON.stringify(loader)};
export const createSocket = (type) => loadUnixDgram().createSocket(type);\n`;
      },
    },
  ],
}));
