import { execFile } from 'node:child_process';
import { join } from 'node:path';

export interface ProgramResult {
  readonly code: number | null;
  readonly output: string;
}

/**
 * Runs an ES module in a Node process of its own, against the built package; what it does not end by itself is killed
 * after ten seconds, with code null.
 */
export function runProgram(source: string, nodeOptions: readonly string[] = []): Promise<ProgramResult> {
  const options = { cwd: join(__dirname, '..'), timeout: 10_000 };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...nodeOptions, '--input-type=module', '-e', source],
      options,
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({ code, output: stdout + stderr });
      },
    );
  });
}
