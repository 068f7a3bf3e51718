import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { sumOf } from './sum-of.js';
import { waitUntil } from './wait-until.js';

/** Prints the datagrams it receives. Reads none between the commands `stall` and `resume` on its standard input. */
const PROGRAM = `
import select, socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
print("# ready", flush=True)
stalled = False
while True:
    readable, _, _ = select.select([sys.stdin] + ([] if stalled else [server]), [], [])
    if sys.stdin in readable:
        command = sys.stdin.readline()
        if command == "":
            break
        stalled = command == "stall\\n"
        print("# " + command, end="", flush=True)
    if server in readable:
        sys.stdout.write(server.recv(65536).decode("latin1"))
        sys.stdout.flush()
`;

/** A Unix datagram server in Python, so that it shares no code with the native package under test. */
export class UnixReceiver {
  readonly #child: ChildProcess;
  readonly #path: string;
  #output = '';

  private constructor(child: ChildProcess, path: string) {
    this.#child = child;
    this.#path = path;
    child.stdout!.setEncoding('latin1').on('data', (chunk: string) => {
      this.#output += chunk;
    });
  }

  static async start(path: string): Promise<UnixReceiver> {
    const child = spawn('python3', ['-c', PROGRAM, path], { stdio: ['pipe', 'pipe', 'inherit'] });
    const receiver = new UnixReceiver(child, path);
    await receiver.#waitForOutput('# ready');
    return receiver;
  }

  get lines(): string[] {
    return this.#output.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }

  /** Returns the sum of all values received under a name. */
  sum(name: string): number {
    return sumOf(this.lines, name);
  }

  async stall(): Promise<void> {
    this.#child.stdin!.write('stall\n');
    await this.#waitForOutput('# stall');
  }

  resume(): void {
    this.#child.stdin!.write('resume\n');
  }

  /** Stops the server and removes its socket, as a restart does. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'close');
      this.#child.kill();
      await ended;
    }
    await rm(this.#path, { force: true });
  }

  async #waitForOutput(text: string): Promise<void> {
    await waitUntil(
      () => this.#output.includes(text),
      () => this.#output,
    );
  }
}
