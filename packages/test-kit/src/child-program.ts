import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * An ES module that runs against the built packages in its own Node.js process, and talks with the test line by line.
 */
export class ChildProgram {
  readonly process: ChildProcess;
  /** Resolves with the exit code, or null after a signal. */
  readonly ended: Promise<number | null>;
  readonly #lines: AsyncIterator<string>;

  /** `cwd` decides what the program imports, as in `runProgram`. */
  constructor(source: string, { cwd }: { readonly cwd: string }) {
    this.process = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      cwd,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.ended = once(this.process, 'exit').then(([code]) => code as number | null);
    this.#lines = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
  }

  /** Resolves with the next line of the output, or undefined after the last one. */
  async nextLine(): Promise<string | undefined> {
    return ((await this.#lines.next()) as IteratorResult<string, undefined>).value;
  }

  writeLine(line: string): void {
    this.process.stdin!.write(`${line}\n`);
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }
}
