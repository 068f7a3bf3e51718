type ArrayType = 'Int32Array' | 'Uint32Array';

/** Calls a function and returns its result, with every array of a type that it created by its length. */
export function captureArrays<Result>(type: ArrayType, run: () => Result): { arrays: number[][]; result: Result } {
  const Original = globalThis[type] as Int32ArrayConstructor;
  const arrays: number[][] = [];
  const Captured = class extends Original {
    constructor(length: number) {
      super(length);
      arrays.push(this as unknown as number[]);
    }
  };
  Object.assign(globalThis, { [type]: Captured });
  try {
    return { arrays, result: run() };
  } finally {
    Object.assign(globalThis, { [type]: Original });
  }
}
