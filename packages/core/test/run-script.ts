import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The built package, as its users load it. */
export const dist: string = join(__dirname, '..', 'dist');

export interface ScriptEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** Runs an ES module in its own process; `onOutput` gets all output so far at each print. */
export async function runScript(code: string, onOutput?: (output: string, pid: number) => void): Promise<ScriptEnd> {
  if (!existsSync(join(dist, 'index.js'))) throw new Error('@metrics/core is not built: run `npm run build`');
  const source = code.replaceAll('$DIST', pathToFileURL(dist).href).replaceAll('$PATH', dist);
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      onOutput?.(output, child.pid!);
    });
  return new Promise((resolve) => {
    child.on('close', (exitCode, signal) => resolve({ code: exitCode, signal, output }));
  });
}
