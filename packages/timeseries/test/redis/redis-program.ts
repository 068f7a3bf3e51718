import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** An ES module that runs with the built package in its own Node.js process. */
export class RedisProgram {
  readonly process: ChildProcess;
  /** The exit code, or null after a signal. */
  readonly ended: Promise<number | null>;
  readonly #lines: AsyncIterator<string>;

  constructor(source: string) {
    this.process = spawn(process.execPath, ['--input-type=module', '-e', source], {
      cwd: join(__dirname, '..', '..'),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.ended = once(this.process, 'exit').then(([code]) => code as number | null);
    this.#lines = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
  }

  /** Resolves with the next line of its output; undefined when the process has ended. */
  async line(): Promise<string | undefined> {
    return ((await this.#lines.next()) as IteratorResult<string, undefined>).value;
  }

  say(line: string): void {
    this.process.stdin!.write(`${line}\n`);
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }
}
