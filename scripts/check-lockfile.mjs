// Fails when a package with one binary per platform is in the lockfile for Linux but not for macOS and Windows: pnpm
// silently omits platform packages that the registry did not have, and users of those platforms get no binary.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './workspace.mjs';

const packageEntry = /^ {2}'?((?:@[^/'\n]+\/)?[^@'\n]+)@[^:']+'?:$/gm;
const platformSuffix = /(?:linux|darwin|win32|windows|android|freebsd|openbsd|netbsd|sunos|aix|wasm32|openharmony).*$/;
const needed = ['linux', 'darwin', 'win32'];

/** Platforms by family: `@swc/core-*` → linux, darwin, win32. @type {Map<string, Set<string>>} */
const families = new Map();
for (const [, name = ''] of readFileSync(path.join(root, 'pnpm-lock.yaml'), 'utf8').matchAll(packageEntry)) {
  const family = name.replace(platformSuffix, '*');
  if (family === name) continue;
  const platforms = families.get(family) ?? new Set();
  families.set(family, platforms.add(name.replace('windows', 'win32').match(/linux|darwin|win32/)?.[0] ?? 'other'));
}

const binaries = [...families].filter(([, platforms]) => platforms.has('linux'));
const incomplete = binaries.filter(([, platforms]) => !needed.every((platform) => platforms.has(platform)));
for (const [family, platforms] of incomplete)
  console.error(`${family} is in pnpm-lock.yaml for ${[...platforms].join(', ')} only; pin an older version of it`);
if (binaries.length === 0)
  console.error('found no platform packages at all: the pattern no longer matches pnpm-lock.yaml');
else console.log(`${binaries.length - incomplete.length} of ${binaries.length} packages with binaries are complete`);
process.exitCode = incomplete.length > 0 || binaries.length === 0 ? 1 : 0;
