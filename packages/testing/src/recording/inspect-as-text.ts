/**
 * Makes `console.log` and Node's assertion messages show what `toString` answers. Call it from a static block: a method
 * under the symbol would end up in the public types.
 */
export function inspectAsText(prototype: { toString(): string }): void {
  const value = function (this: typeof prototype): string {
    return this.toString();
  };
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), { value });
}
