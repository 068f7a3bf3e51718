import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy before a Redis server that can cut a connection instead of passing on a reply. */
export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #repliesToLose = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port: number): Promise<CuttingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new CuttingProxy(server);
    server.on('connection', (client) => proxy.#serve(client, port));
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The number of replies that are still to be lost. */
  get repliesToLose(): number {
    return this.#repliesToLose;
  }

  /**
   * Cuts the next `count` replies to stored batches. The server has stored each batch by then; the client sees its
   * connection end.
   */
  loseReplies(count: number): void {
    this.#repliesToLose = count;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(client: Socket, port: number): void {
    const server = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
    client.pipe(server);
    server.on('data', (data) => {
      // Only the reply to a stored batch is an array of two elements.
      const isLost = this.#repliesToLose > 0 && data.toString().startsWith('*2');
      if (!isLost) client.write(data);
      else {
        this.#repliesToLose -= 1;
        client.destroy();
      }
    });
  }
}
