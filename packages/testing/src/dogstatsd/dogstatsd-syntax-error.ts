/** Says where a packet is not what it should be, and what should stand there. */
export class DogStatsdSyntaxError extends Error {
  override readonly name = 'DogStatsdSyntaxError';
  /** What the grammar asks for at this place. */
  readonly expected: string;
  /** Byte of the packet, from 0. */
  readonly offset: number;
  /** Line of the packet, from 1. */
  readonly line: number;
  /** Byte of the line, from 1. */
  readonly column: number;

  /** @param packet as `latin1`: one character a byte. */
  constructor(expected: string, packet: string, offset: number) {
    const before = packet.slice(0, offset).split('\n');
    const line = before.length;
    const column = before.at(-1)!.length + 1;
    const [rest] = packet.slice(offset, offset + 40).split('\n') as [string];
    const found = rest === '' ? 'the end' : quoted(rest);
    super(
      `Line ${line}, byte ${column}: expected ${expected}, found ${found} in ${quoted(before.at(-1)!.slice(-80) + rest)}`,
    );
    this.expected = expected;
    this.offset = offset;
    this.line = line;
    this.column = column;
  }
}

function quoted(latin1: string): string {
  return JSON.stringify(Buffer.from(latin1, 'latin1').toString());
}
