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
import { ReceivedRecording, scaleByRate } from './received-recording.js';

/** Bytes of the packets that are kept. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/** A `Buffer`, in declarations that compile without Node's types. */
export type Packet = typeof globalThis extends {
  /** The class, in a program with Node's types. */
  Buffer: {
    /** Returns true if a value is an instance. */
    isBuffer(value: unknown): value is infer Instance extends Uint8Array;
  };
}
  ? Instance
  : Uint8Array;

/** Everything that a server received, for tests to query. */
export class ServerRecord {
  static {
    inspectAsText(ServerRecord.prototype);
  }

  readonly #strict: boolean;
  readonly #maxSamples: number;
  readonly #recorded: ReceivedRecording;
  readonly #messages: BoundedList<DogStatsdMessage>;
  readonly #packets: Packet[] = [];
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
   * The samples, events and service checks, with the queries of a {@link Recording}:
   * `server.recorded.counter('shop.orders', { status: 200 })`. Keys are whole names here, prefix included. Counters are
   * scaled as servers do: each amount is divided by its rate. Histograms are distributions.
   */
  get recorded(): Recording {
    this.check();
    return this.#recorded;
  }

  /** The metric lines as they were sent, oldest first: wire types, packed values, origin. */
  get metrics(): readonly DogStatsdMetric[] {
    return this.#filterMessages((message) => message.type !== '_e' && message.type !== '_sc') as DogStatsdMetric[];
  }

  /** The events, oldest first. */
  get events(): readonly DogStatsdEvent[] {
    return this.#filterMessages((message) => message.type === '_e') as DogStatsdEvent[];
  }

  /** The service checks, oldest first. */
  get serviceChecks(): readonly DogStatsdServiceCheck[] {
    return this.#filterMessages((message) => message.type === '_sc') as DogStatsdServiceCheck[];
  }

  /**
   * Returns the sum of all values under a name, whatever their type, each divided by its rate. 0 if there are no
   * values.
   */
  sum(name: string, tags?: TagQuery): number {
    return this.#values(name, tags).reduce((sum, sample) => sum + scaleByRate(sample), 0);
  }

  /** Returns all values under a name as they were sent, whatever their type except set. */
  values(name: string, tags?: TagQuery): number[] {
    return this.#values(name, tags).map((sample) => sample.value);
  }

  /** The packets that arrived, oldest first: the last 64 MiB. Over TCP each line is a packet. */
  get packets(): readonly Packet[] {
    return [...this.#packets];
  }

  /** The lines of {@link packets}, including malformed ones. */
  get lines(): readonly string[] {
    return this.#packets.flatMap((packet) => packet.toString().replace(/\n$/, '').split('\n'));
  }

  /**
   * The errors: a {@link DogStatsdSyntaxError} for each malformed line, and an `Error` for each stream that was closed.
   */
  get malformed(): readonly Error[] {
    return this.#recorded.problems.map((problem) => problem.cause as Error);
  }

  /** Removes everything. */
  clear(): void {
    this.#recorded.clear();
    this.#messages.clear();
    this.#packets.length = 0;
    this.#packetBytes = 0;
    this.#lineCount = 0;
    this.#overflowed = false;
  }

  /** Returns one line for each series and each error, for the message of a failed assertion. */
  toString(): string {
    return this.#lineCount === 0 && this.malformed.length === 0 ? 'nothing arrived' : this.#recorded.toString();
  }

  /** Adds a packet and parses its lines. A malformed one does not affect the others. */
  protected addPacket(packet: Packet): void {
    this.#packets.push(packet);
    this.#packetBytes += packet.length;
    while (this.#packetBytes > MAX_KEPT_BYTES) this.#packetBytes -= this.#packets.shift()!.length;
    try {
      this.#lineCount += this.#addMessages(packet);
    } catch (error) {
      // A malformed line does not affect the others, as in the Agent.
      const lines = packet.toString('latin1').split(/(?<=\n)/);
      this.#lineCount += lines.length;
      const errors = lines.flatMap((line) => this.#addLine(line));
      for (const each of errors.length > 0 ? errors : [error]) this.addMalformed(each);
    }
  }

  /** Adds an error, which makes queries throw if the server is strict. */
  protected addMalformed(error: unknown): void {
    const message = (error as Error).message;
    this.#recorded.addProblem({ code: 'malformed', count: 1, message, cause: error });
  }

  /** The number of lines that arrived, including malformed ones. */
  protected get lineCount(): number {
    return this.#lineCount;
  }

  /** Called by each query. @throws {AssertionError} if anything that arrived was malformed or is no longer kept. */
  protected check(): void {
    if (!this.#strict) return;
    const { malformed } = this;
    if (malformed.length > 0) {
      const rest = malformed.length > 1 ? `, and ${malformed.length - 1} more errors` : '';
      throw new AssertionError({ message: `Something malformed arrived. ${malformed[0]!.message}${rest}` });
    }
    if (this.#overflowed) {
      const message = `More than ${this.#maxSamples} samples arrived, and the oldest were evicted: raise maxSamples, or call clear() in between`;
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

  /** Returns the number of messages, one for each line. */
  #addMessages(packet: Buffer): number {
    const messages = parseDogStatsd(packet);
    for (const message of messages) {
      this.#messages.push(message);
      if (this.#recorded.addMessage(message)) this.#overflowed = true;
    }
    return messages.length;
  }

  #filterMessages(matches: (message: DogStatsdMessage) => boolean): DogStatsdMessage[] {
    this.check();
    return this.#messages.toArray().filter(matches);
  }

  #values(name: string, tags: TagQuery | undefined): RecordedValue[] {
    const samples = this.recorded.samples({ name, tags });
    return samples.filter((sample): sample is RecordedValue => sample.kind !== 'set');
  }
}
