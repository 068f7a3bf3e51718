// Methods that work without their object: `const { incr } = metrics`, `keys.forEach(metrics.incr)`, a Proxy, an object that
// inherits from it. A call site that calls one object is as fast as without it.
import { nodeProcess } from '../runtime.js';

/** Finds the object itself where `this` is a Proxy of it, or inherits from it. */
const SELF = Symbol('self');
/** Prototypes whose methods are accessors. */
const replaced = /* @__PURE__ */ new WeakSet<object>();

/** Gives an object bound copies of its methods. One takes half a microsecond, so an object with many should be rare. */
export function bindMethods<Target extends object>(target: Target, prototype: Target): void {
  for (const name of Reflect.ownKeys(prototype).slice(1) as (keyof Target)[])
    define(target, name, (target[name] as (...args: unknown[]) => unknown).bind(target));
}

/** Has an object bind each method of its class at the first use. */
export function bindLazily(target: object, prototype: object): void {
  // Not when the class is loaded: a bundler must keep a class with an effect.
  if (!replaced.has(prototype)) replaceByAccessors(prototype);
  define(target, SELF, target);
}

function replaceByAccessors(prototype: object): void {
  replaced.add(prototype);
  for (const name of Reflect.ownKeys(prototype).slice(1)) {
    const method = Reflect.get(prototype, name) as (...args: unknown[]) => unknown;
    Object.defineProperty(prototype, name, {
      // Test tools call it without an object, and pass the object to what it returns.
      get(this: { readonly [SELF]?: object } | undefined) {
        const self = this?.[SELF];
        return self ? define(self, name, method.bind(self)) : method;
      },
      set(value) {
        define(this as object, name, value);
      },
      configurable: true,
    });
  }
}

function define<Value>(target: object, name: PropertyKey, value: Value): Value {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
  return value;
}

let hasWarned = false;

/** Warns once that a method recorded nothing, because it needs its object. */
export function warnDetached(): void {
  if (hasWarned) return;
  hasWarned = true;
  nodeProcess?.emitWarning?.(
    'A method was called without its handle, so nothing is recorded: pass () => handle.incr() instead of handle.incr.',
    { type: 'MetricsWarning', code: 'detached_handle' },
  );
}
