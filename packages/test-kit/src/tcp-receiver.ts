import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { sumOf } from './sum-of.js';
import { waitUntil } from './wait-until.js';

export interface TcpReceiverOptions {
  /** @default a free port */
  readonly port?: number | undefined;
  /** The path of a Unix stream socket, in place of a port. */
  readonly path?: string | undefined;
  /** False leaves everything that arrives unread. @default true */
  readonly reads?: boolean | undefined;
}

/** A stream server in this process that keeps the bytes of all its connections. */
export class TcpReceiver implements AsyncDisposable {
  readonly #server: Server;
  /** The open connections. */
  readonly sockets = new Set<Socket>();
  /** The number of connections since the start. */
  connections = 0;
  bytes = Buffer.alloc(0);

  private constructor(server: Server, reads: boolean) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => {});
      if (!reads) return;
      socket.on('data', (chunk) => {
        this.bytes = Buffer.concat([this.bytes, chunk]);
      });
    });
  }

  static async start({ port = 0, path, reads = true }: TcpReceiverOptions = {}): Promise<TcpReceiver> {
    const server = createServer({ pauseOnConnect: !reads });
    const receiver = new TcpReceiver(server, reads);
    server.listen(path === undefined ? { port, host: '127.0.0.1' } : { path });
    await once(server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get lines(): string[] {
    return this.bytes.toString('latin1').split('\n').slice(0, -1);
  }

  /** Returns the sum of all values received under a name. */
  sum(name: string): number {
    return sumOf(this.lines, name);
  }

  async waitForLines(count: number): Promise<string[]> {
    await waitUntil(
      () => this.lines.length >= count,
      () => this.lines,
    );
    return this.lines;
  }

  async waitForConnections(count: number): Promise<void> {
    await waitUntil(
      () => this.connections >= count,
      () => this.connections,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
