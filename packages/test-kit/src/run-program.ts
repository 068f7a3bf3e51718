import { spawn } from 'node:child_process';

export interface ProgramOptions {
  /**
   * The folder that decides what the program imports: a package's folder lets it import that package and its
   * dependencies.
   */
  readonly cwd: string;
  readonly nodeOptions?: readonly string[] | undefined;
  /** Environment variables in addition to those of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Milliseconds after which the program is killed. @default 60_000 */
  readonly timeout?: number | undefined;
  /** Called whenever the program prints, with everything it has printed so far. */
  readonly onOutput?: ((output: string, pid: number) => void) | undefined;
}

export interface ProgramResult {
  /** The exit code, or null after a signal. */
  readonly code: number | null;
  /** The signal that ended the program, if one did. */
  readonly signal: NodeJS.Signals | undefined;
  /** Standard output and standard error, in the order of arrival. */
  readonly output: string;
}

/** Runs an ES module in its own Node.js process, against the built packages. Resolves when the process has ended. */
export function runProgram(
  source: string,
  { cwd, nodeOptions = [], env, timeout = 60_000, onOutput }: ProgramOptions,
): Promise<ProgramResult> {
  const child = spawn(process.execPath, [...nodeOptions, '--input-type=module', '--eval', source], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      onOutput?.(output, child.pid!);
    });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal: signal ?? undefined, output }));
  });
}
