import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { sumOf } from './sum-of.js';
import { waitUntil } from './wait-until.js';

/** A UDP server in this process that keeps the packets it receives. */
export class UdpReceiver implements AsyncDisposable {
  readonly packets: string[] = [];
  readonly port: number;
  readonly #close: () => void;

  private constructor(port: number, close: () => void) {
    this.port = port;
    this.#close = close;
  }

  static async start(address = '127.0.0.1', port = 0): Promise<UdpReceiver> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4').bind(port, address);
    await once(socket, 'listening');
    const receiver = new UdpReceiver(socket.address().port, () => socket.close());
    socket.on('message', (packet) => receiver.packets.push(packet.toString('latin1')));
    return receiver;
  }

  get lines(): string[] {
    return this.packets.flatMap((packet) => packet.split('\n').slice(0, -1));
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

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }
}
