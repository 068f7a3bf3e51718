// Decoding of summaries.

const bytes = new Uint8Array(8);
const view = new DataView(bytes.buffer);

/** Reads the numbers of a string that a `ByteWriter` wrote, without decoding all of it first. */
export class ByteReader {
  #string = '';
  #position = 0;

  load(string: string): void {
    this.#string = string;
    this.#position = 0;
  }

  /** True if everything is read. */
  get done(): boolean {
    return this.#position >= this.#string.length;
  }

  /** True if more was read than there is. */
  get isExceeded(): boolean {
    return this.#position > this.#string.length;
  }

  byte(): number {
    const byte = this.#string.charCodeAt(this.#position);
    this.#position += 1;
    return byte;
  }

  integer(): number {
    let value = 0;
    let scale = 1;
    while (!this.done) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    return value;
  }

  double(): number {
    for (let index = 0; index < 8; index += 1) bytes[index] = this.byte();
    return view.getFloat64(0, true);
  }
}
