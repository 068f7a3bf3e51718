import type { PacketTransport } from '../src/transport/packet-transport.js';

type Done = (error: Error | undefined, retryable: boolean) => void;

/** A transport that accepts, refuses, fails or waits, as the test sets. */
export class ScriptedTransport implements PacketTransport {
  ready = true;
  congested = false;
  sendTimeout: number | undefined;
  readonly address = 'scripted';
  readonly maxPacketBytes: number;
  readonly maxBurstPackets = 100;
  readonly accepted: string[] = [];
  readonly waiting: Done[] = [];
  behavior: 'accept' | 'refuse' | 'fail' | 'wait' = 'accept';

  constructor(maxPacketBytes = 8) {
    this.maxPacketBytes = maxPacketBytes;
  }

  send(packet: Uint8Array, done: Done): void {
    if (this.behavior === 'refuse') return done(new Error('refused'), true);
    if (this.behavior === 'fail') return done(new Error('failed'), false);
    this.accepted.push(Buffer.from(packet).toString());
    if (this.behavior === 'accept') done(undefined, false);
    else this.waiting.push(done);
  }

  connect(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): void {}
}
