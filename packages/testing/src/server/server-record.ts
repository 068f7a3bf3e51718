import { AssertionError } from 'node:assert';
import type {
  DogStatsdEvent,
  DogStatsdMessage,
  DogStatsdMetric,
  DogStatsdServiceCheck,
} from '../dogstatsd/dogstatsd-message.js';
import { parseDogStatsd } from '../dogstatsd/dogstatsd-parser.js';
import { BoundedList } from '../recording/bounded-list.js';
import { inspectAsText } from '../recording/inspect-as-text.js';
import type { RecordedValue } from '../recording/recorded-sample.js';
import type { Recording, TagQuery } from '../recording/recording.js';
import { ReceivedRecording, scaled } from './received-recording.js';

const MOST_PACKET_BYTES = 64 * 1024 * 1024;

/** What a server was sent, to be asked by tests. */
export class ServerRecord {
  static {
    inspectAsText(ServerRecord.prototype);
  }

  readonly #strict: boolean;
  readonly #maxSamples: number;
  readonly #recorded: ReceivedRecording;
  readonly #messages: BoundedList<DogStatsdMessage>;
  readonly #packets: Buffer[] = [];
  #packetBytes = 0;
  #lineCount = 0;
  #overflowed = false;

  constructor(strict: boolean, maxSamples: number) {
    this.#strict = strict;
    this.#maxSamples = maxSamples;
    this.#recorded = new ReceivedRecording({ maxSamples });
    this.#messages = new BoundedList(maxSamples);
  }

  /**
   * The samples, events and service checks, with the questions of every {@link Recording}:
   * `server.recorded.counter('shop.orders', { status: 200 })`. Keys are whole names here, prefix included. A counter is the
   * sum a server makes of it, each amount divided by its rate; histograms count as distributions.
   */
  get recorded(): Recording {
    this.check();
    return this.#recorded;
  }

  /** Every metric line as it was sent, oldest first: wire types, packed values, origin. */
  get metrics(): readonly DogStatsdMetric[] {
    return this.#messagesThat((message) => message.type !== '_e' && message.type !== '_sc') as DogStatsdMetric[];
  }

  get events(): readonly DogStatsdEvent[] {
    return this.#messagesThat((message) => message.type === '_e') as DogStatsdEvent[];
  }

  get serviceChecks(): readonly DogStatsdServiceCheck[] {
    return this.#messagesThat((message) => message.type === '_sc') as DogStatsdServiceCheck[];
  }

  /** All values under a name, of whatever type, each counted as often as its rate says, in one sum. 0 when there are none. */
  sum(name: string, tags?: TagQuery): number {
    return this.#values(name, tags).reduce((sum, sample) => sum + scaled(sample), 0);
  }

  /** All values under a name, of whatever type but set, as they were sent. */
  values(name: string, tags?: TagQuery): number[] {
    return this.#values(name, tags).map((sample) => sample.value);
  }

  /** The packets as they came, oldest first: the last 64 MiB. Over TCP each line is one. */
  get packets(): readonly Buffer[] {
    return [...this.#packets];
  }

  /** The lines of {@link packets}, malformed ones too. */
  get lines(): readonly string[] {
    return this.#packets.flatMap((packet) => packet.toString().replace(/\n$/, '').split('\n'));
  }

  /** What could not be read: a {@link DogStatsdSyntaxError} for each line, and an `Error` for each stream that was dropped. */
  get malformed(): readonly Error[] {
    return this.#recorded.problems.map((problem) => problem.cause as Error);
  }

  /** Forgets everything. */
  clear(): void {
    this.#recorded.clear();
    this.#messages.clear();
    this.#packets.length = 0;
    this.#packetBytes = 0;
    this.#lineCount = 0;
    this.#overflowed = false;
  }

  /** One line a series, then what was malformed: what a failed assertion should show. */
  toString(): string {
    return this.#lineCount === 0 && this.malformed.length === 0 ? 'nothing arrived' : this.#recorded.toString();
  }

  protected addPacket(packet: Buffer): void {
    this.#packets.push(packet);
    this.#packetBytes += packet.length;
    while (this.#packetBytes > MOST_PACKET_BYTES) this.#packetBytes -= this.#packets.shift()!.length;
    try {
      this.#lineCount += this.#addMessages(packet);
    } catch (error) {
      // One bad line costs no other, as with the Agent.
      const lines = packet.toString('latin1').split(/(?<=\n)/);
      this.#lineCount += lines.length;
      const errors = lines.flatMap((line) => this.#addLine(line));
      for (const each of errors.length > 0 ? errors : [error]) this.addMalformed(each);
    }
  }

  protected addMalformed(error: unknown): void {
    const message = (error as Error).message;
    this.#recorded.addProblem({ code: 'malformed', count: 1, message, cause: error });
  }

  /** How many came, malformed ones too. */
  protected get lineCount(): number {
    return this.#lineCount;
  }

  /** Each question begins with it. @throws AssertionError unless all that arrived was read and is kept. */
  protected check(): void {
    if (!this.#strict) return;
    const { malformed } = this;
    if (malformed.length > 0) {
      const rest = malformed.length > 1 ? `, and ${malformed.length - 1} more of the kind` : '';
      throw new AssertionError({ message: `Something malformed arrived. ${malformed[0]!.message}${rest}` });
    }
    if (this.#overflowed) {
      const message = `More than ${this.#maxSamples} samples arrived, and no more are kept: raise maxSamples, or clear() in between`;
      throw new AssertionError({ message });
    }
  }

  #addLine(line: string): unknown[] {
    try {
      this.#addMessages(Buffer.from(line, 'latin1'));
      return [];
    } catch (error) {
      return [error];
    }
  }

  /** Answers how many there were: one a line. */
  #addMessages(packet: Buffer): number {
    const messages = parseDogStatsd(packet);
    for (const message of messages) {
      this.#messages.push(message);
      if (this.#recorded.addMessage(message)) this.#overflowed = true;
    }
    return messages.length;
  }

  #messagesThat(matches: (message: DogStatsdMessage) => boolean): DogStatsdMessage[] {
    this.check();
    return this.#messages.toArray().filter(matches);
  }

  #values(name: string, tags: TagQuery | undefined): RecordedValue[] {
    const samples = this.recorded.samples({ name, tags });
    return samples.filter((sample): sample is RecordedValue => sample.kind !== 'set');
  }
}
