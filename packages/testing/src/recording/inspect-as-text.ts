/**
 * Makes `console.log` and Node's assertion messages show the result of `toString`. Call it in a static block: a method
 * with the symbol as its name would be part of the public types.
 */
export function inspectAsText(prototype: { toString(): string }): void {
  const value = function (this: typeof prototype): string {
    return this.toString();
  };
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), { value });
}
