import { DogStatsdSyntaxError } from './dogstatsd-syntax-error.js';

/** A field behind the first part of a line: takes what stands behind its prefix and answers what that says. */
export type FieldReader<Message> = (cursor: DogStatsdCursor) => Partial<Message>;

/** A place in a packet that moves forward as the grammar takes text from it. Text is `latin1`: one character a byte. */
export class DogStatsdCursor {
  readonly #packet: string;
  /** Byte behind the line. */
  readonly #end: number;
  at: number;

  constructor(packet: string, start: number, end: number) {
    this.#packet = packet;
    this.at = start;
    this.#end = end;
  }

  get atEnd(): boolean {
    return this.at === this.#end;
  }

  fail(expected: string, at: number = this.at): never {
    throw new DogStatsdSyntaxError(expected, this.#packet, at);
  }

  /** Whether this text stands here; nothing is taken. */
  sees(text: string): boolean {
    return this.#packet.startsWith(text, this.at);
  }

  /** Takes this text. */
  skip(text: string, expected: string = `'${text}'`): void {
    if (!this.skips(text)) this.fail(expected);
  }

  /** Takes this text where it stands here, and answers whether it did. */
  skips(text: string): boolean {
    const isHere = this.sees(text);
    if (isHere) this.at += text.length;
    return isHere;
  }

  /** Takes the longest text of these characters. @param characters a sticky pattern that never matches a line feed. */
  take(characters: RegExp, expected: string): string {
    characters.lastIndex = this.at;
    const text = characters.exec(this.#packet)?.[0] ?? this.fail(expected);
    this.at += text.length;
    return decoded(text);
  }

  /** Takes so many bytes. */
  takeBytes(length: number, what: string): string {
    if (this.at + length > this.#end) this.fail(`${length} bytes of ${what}, not ${this.#end - this.at}`);
    const text = this.#packet.slice(this.at, this.at + length);
    this.at += length;
    return decoded(text);
  }

  /** Takes one of these words, up to the end of the field. */
  takeWord<Word extends string>(words: readonly Word[]): Word {
    const word = words.find((each) => this.sees(each) && this.#endsField(this.at + each.length));
    if (word === undefined) this.fail(`one of ${words.join(', ')}`);
    this.at += word.length;
    return word;
  }

  endField(expected = "'|' or the end of the line"): void {
    if (!this.#endsField(this.at)) this.fail(expected);
  }

  /** Takes the fields up to the end of the line, each at most once, in any order. */
  takeFields<Message>(readers: Readonly<Record<string, FieldReader<Message>>>): Partial<Message> {
    const prefixes = Object.keys(readers);
    const seen = new Set<string>();
    const message: Partial<Message> = {};
    while (!this.atEnd) {
      this.skip('|', "'|' or the end of the line");
      const prefix = prefixes.find((each) => this.sees(each)) ?? this.fail(`one of the fields ${prefixes.join(' ')}`);
      if (seen.has(prefix)) this.fail(`no second field ${prefix}`);
      if (prefix === '@' && seen.size > 0) this.fail('the rate before all other fields');
      if (seen.has('m:') && !LAST.has(prefix)) this.fail('the message behind all other fields');
      seen.add(prefix);
      this.at += prefix.length;
      Object.assign(message, readers[prefix]!(this));
      this.endField();
    }
    return message;
  }

  #endsField(at: number): boolean {
    return at === this.#end || this.#packet[at] === '|';
  }
}

/** Fields that came into the protocol when messages already stood last: clients put them behind. */
const LAST: ReadonlySet<string> = new Set(['c:', 'e:', 'card:']);

function decoded(latin1: string): string {
  return /[\x80-\xff]/.test(latin1) ? Buffer.from(latin1, 'latin1').toString() : latin1;
}
