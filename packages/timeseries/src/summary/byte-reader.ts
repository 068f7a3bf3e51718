const bytes = new Uint8Array(8);
const view = new DataView(bytes.buffer);

/** Reads what a `ByteWriter` wrote, from the text itself: often only its beginning is needed. */
export class ByteReader {
  #text = '';
  #position = 0;

  load(text: string): void {
    this.#text = text;
    this.#position = 0;
  }

  /** Whether all of it is read. */
  get done(): boolean {
    return this.#position >= this.#text.length;
  }

  byte(): number {
    const byte = this.#text.charCodeAt(this.#position);
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
