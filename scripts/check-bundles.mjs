// Fails when a bundle of core and one backend has code of the totals, which only scraped and exported metrics need, or of a
// backend that it does not import. Needs a build.
import { createRequire } from 'node:module';
import path from 'node:path';
import { backendClasses } from './consumers/row.mjs';
import { root } from './workspace.mjs';

const fromHere = createRequire(import.meta.url);
// The bundler of the size gate.
const esbuild = createRequire(fromHere.resolve('@size-limit/esbuild'))('esbuild');

/** Backends that are made of another one. @type {Readonly<Record<string, string>>} */
const MADE_OF = { dogstatsd: 'statsd' };
const USERS_OF_TOTALS = ['prometheus', 'opentelemetry'];
const TOTALS = /\b(?:Totals|FamilyTable|SlotQueue|BucketRows) = class\b/g;

/** Packages of others are not the question. */
const ownPackagesOnly = {
  name: 'own packages only',
  /** @param {any} build of esbuild */
  setup: (build) =>
    build.onResolve({ filter: /^[^./]/ }, (/** @type {{ path: string }} */ found) =>
      found.path.startsWith('@metrics/') ? undefined : { external: true },
    ),
};

let failed = false;
for (const [name, backend] of Object.entries(backendClasses)) {
  const { metafile, outputFiles } = await esbuild.build({
    stdin: {
      contents: `import { metrics } from '@metrics/core'; import { ${backend} } from '@metrics/${name}'; metrics.register(new ${backend}());`,
      resolveDir: path.join(root, 'examples'),
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    metafile: true,
    plugins: [ownPackagesOnly],
    write: false,
  });
  const [{ inputs }] = /** @type {[{ inputs: Record<string, { bytesInOutput: number }> }]} */ (
    Object.values(metafile.outputs)
  );
  const included = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const others = Object.keys(backendClasses).filter(
    (other) =>
      other !== name && other !== MADE_OF[name] && included.some(([input]) => input.includes(`packages/${other}/`)),
  );
  const totals = new Set(outputFiles[0]?.text.match(TOTALS));
  // A pattern that is out of date finds nothing anywhere.
  const expected = USERS_OF_TOTALS.includes(name) ? 4 : 0;
  const sound = totals.size === expected && others.length === 0 && included.length > 1;
  if (sound) continue;
  failed = true;
  const wrong = [...others, ...totals].join(', ') || 'too little: is everything built?';
  console.error(`a bundle of core and ${name} has ${wrong}`);
}
if (!failed) console.log(`${Object.keys(backendClasses).length} bundles have the code of one backend only`);
process.exitCode = failed ? 1 : 0;
