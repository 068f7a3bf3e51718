// Two versions of this package in one process: the facade is that of the version that was loaded first.
import { DummyMetricsBackend } from '../dummy-metrics-backend.js';
import { MetricsFacade } from './metrics-facade.js';

/**
 * Gives the facade of another version the methods that only this version has, and returns it. They do what their callers
 * expect, such as to run a timed function, but its engine cannot record for them: samples are counted as dropped.
 */
export function addMissingMethods(shared: MetricsFacade): MetricsFacade {
  // A facade without missMethods cannot count; given ours, it would call itself.
  const missing = Reflect.ownKeys(MetricsFacade.prototype).filter(
    (name) => !(name in shared) && name !== 'missMethods',
  ) as (keyof MetricsFacade)[];
  let substitute: MetricsFacade | undefined;
  // Children have the same prototype.
  const prototype: unknown = Object.getPrototypeOf(shared);
  const target = prototype === Object.prototype ? shared : prototype;
  for (const name of missing) {
    const value = (...args: unknown[]): unknown => {
      substitute ??= createSubstitute(shared);
      shared.missMethods?.(missing.map((each) => `${String(each)}()`).join(', '));
      return (substitute[name] as (...args: unknown[]) => unknown)(...args);
    };
    Object.defineProperty(target, name, { value, writable: true, configurable: true });
  }
  return shared;
}

/** Returns a facade of this version whose samples are counted as dropped by the shared one. */
function createSubstitute(shared: MetricsFacade): MetricsFacade {
  const substitute = new MetricsFacade();
  const count = (): void => shared.missMethods?.();
  const kinds = { incr: count, gauge: count, timing: count, distribution: count, set: count, recordAt: count };
  const backend = { discards: false, ...kinds, event: count, serviceCheck: count };
  substitute.register(Object.assign(new DummyMetricsBackend(), backend));
  return substitute;
}
