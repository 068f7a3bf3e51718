/** The first syntax error of a packet: its position, and what the grammar expects there. */
export class DogStatsdSyntaxError extends Error {
  /** `'DogStatsdSyntaxError'`. */
  override readonly name = 'DogStatsdSyntaxError';
  /** A description of what the grammar expects. */
  readonly expected: string;
  /** Byte offset in the packet, from 0. */
  readonly offset: number;
  /** Line number in the packet, from 1. */
  readonly line: number;
  /** Byte number in the line, from 1. */
  readonly column: number;

  /** @param packet as `latin1`: one character is one byte. */
  constructor(expected: string, packet: string, offset: number) {
    const before = packet.slice(0, offset).split('\n');
    const line = before.length;
    const column = before.at(-1)!.length + 1;
    const [rest] = packet.slice(offset, offset + 40).split('\n') as [string];
    const found = rest === '' ? 'the end' : quote(rest);
    super(
      `Line ${line}, byte ${column}: expected ${expected}, found ${found} in ${quote(before.at(-1)!.slice(-80) + rest)}`,
    );
    this.expected = expected;
    this.offset = offset;
    this.line = line;
    this.column = column;
  }
}

function quote(latin1: string): string {
  return JSON.stringify(Buffer.from(latin1, 'latin1').toString());
}
