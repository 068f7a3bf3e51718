/**
 * Gives an object methods that work without it: `const { incr } = metrics`, `keys.forEach(metrics.incr)`, a Proxy, an object
 * that inherits from it. A call site that calls one object is as fast as without it.
 *
 * @param prototype that of the object's class.
 */
export function bindMethods<Target extends object>(target: Target, prototype: Target): void {
  for (const name of Reflect.ownKeys(prototype).slice(1) as (keyof Target)[]) {
    const value = (target[name] as (...args: unknown[]) => unknown).bind(target);
    Object.defineProperty(target, name, { value, writable: true, configurable: true });
  }
}
