import { DogStatsdSyntaxError } from './dogstatsd-syntax-error.js';

/** Parses a field of a line, from after its prefix to its end, and returns the properties that it sets. */
export type FieldParser<Message> = (cursor: DogStatsdCursor) => Partial<Message>;

/** A position in a packet that moves forward as the grammar reads. Strings are `latin1`: one character is one byte. */
export class DogStatsdCursor {
  readonly #packet: string;
  /** The offset after the line. */
  readonly #end: number;
  /** The offset of the next byte to read. */
  position: number;

  constructor(packet: string, start: number, end: number) {
    this.#packet = packet;
    this.position = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.position === this.#end;
  }

  /** @throws {DogStatsdSyntaxError} always, for an offset of the packet. */
  fail(expected: string, offset: number = this.position): never {
    throw new DogStatsdSyntaxError(expected, this.#packet, offset);
  }

  /** Returns true if the given string comes next. Moves nothing. */
  peek(text: string): boolean {
    return this.#packet.startsWith(text, this.position);
  }

  /** Moves past the given string. Fails if something else comes next. */
  consume(text: string, expected: string = `'${text}'`): void {
    if (!this.tryConsume(text)) this.fail(expected);
  }

  /** Moves past the given string if it comes next. Returns false otherwise. */
  tryConsume(text: string): boolean {
    const isNext = this.peek(text);
    if (isNext) this.position += text.length;
    return isNext;
  }

  /** Reads as many of these characters as follow. @param characters a sticky pattern that never matches a line feed. */
  readWhile(characters: RegExp, expected: string): string {
    characters.lastIndex = this.position;
    const text = characters.exec(this.#packet)?.[0] ?? this.fail(expected);
    this.position += text.length;
    return decode(text);
  }

  /** Reads the given number of bytes. */
  readBytes(length: number, name: string): string {
    if (this.position + length > this.#end) this.fail(`${length} bytes of ${name}, not ${this.#end - this.position}`);
    const text = this.#packet.slice(this.position, this.position + length);
    this.position += length;
    return decode(text);
  }

  /** Reads one of the given words, which must end the field. */
  readWord<Word extends string>(words: readonly Word[]): Word {
    const word = words.find((each) => this.peek(each) && this.#isFieldEnd(this.position + each.length));
    if (word === undefined) this.fail(`one of ${words.join(', ')}`);
    this.position += word.length;
    return word;
  }

  /** Fails if the field continues. */
  expectFieldEnd(expected = "'|' or the end of the line"): void {
    if (!this.#isFieldEnd(this.position)) this.fail(expected);
  }

  /**
   * Parses the fields up to the end of the line: each at most once, in any order. The keys of `parsers` are prefixes.
   */
  parseFields<Message>(parsers: Readonly<Record<string, FieldParser<Message>>>): Partial<Message> {
    const prefixes = Object.keys(parsers);
    const seen = new Set<string>();
    const message: Partial<Message> = {};
    while (!this.isAtEnd) {
      this.consume('|', "'|' or the end of the line");
      const prefix = prefixes.find((each) => this.peek(each)) ?? this.fail(`one of the fields ${prefixes.join(' ')}`);
      if (seen.has(prefix)) this.fail(`no second field ${prefix}`);
      if (prefix === '@' && seen.size > 0) this.fail('the rate before all other fields');
      if (seen.has('m:') && !AFTER_MESSAGE.has(prefix)) this.fail('the message after all other fields');
      seen.add(prefix);
      this.position += prefix.length;
      Object.assign(message, parsers[prefix]!(this));
      this.expectFieldEnd();
    }
    return message;
  }

  #isFieldEnd(offset: number): boolean {
    return offset === this.#end || this.#packet[offset] === '|';
  }
}

/** Fields that may follow the message of a service check: they were added when the message already came last. */
const AFTER_MESSAGE: ReadonlySet<string> = new Set(['c:', 'e:', 'card:']);

function decode(latin1: string): string {
  return /[\x80-\xff]/.test(latin1) ? Buffer.from(latin1, 'latin1').toString() : latin1;
}
