// Releases series that get no samples.
import type { SeriesId } from '../metrics-backend.js';
import type { SeriesRegistry } from '../series/series-registry.js';

/** Series released before yielding to the event loop. */
const SLICE_SERIES = 500;

/** The owner of the series that are swept. */
export interface SweepTarget {
  readonly series: SeriesRegistry;
  /** Voids all cached ids, so that the next sample of a series finds it in the registry and thereby marks it as used. */
  invalidate(): void;
  release(id: SeriesId): void;
  /** Called after a sweep released its last series. */
  forgetUnusedMetrics(): void;
}

/**
 * Releases series without samples for a while, a slice at a time.
 *
 * A series without a sample in a whole period becomes a candidate, and all cached ids become void at that moment. From then
 * on, a sample finds a candidate only through the registry, which marks it as used. So no cache holds the id of a candidate
 * that is still unused when its slice comes.
 */
export class IdleSweep {
  readonly #target: SweepTarget;
  #period: ReturnType<typeof setInterval> | undefined;
  #slice: ReturnType<typeof setTimeout> | undefined;

  constructor(target: SweepTarget) {
    this.#target = target;
  }

  /** Starts over with this many milliseconds between sweeps; 0 stops. */
  restart(idleAfter: number): void {
    // Without a sweep before, nothing is called: a runtime may have no timers.
    if (this.#period !== undefined) clearInterval(this.#period);
    if (this.#slice !== undefined) clearTimeout(this.#slice);
    this.#period = this.#slice = undefined;
    // A timer cannot wait longer.
    if (!(idleAfter > 0 && idleAfter < 2 ** 31)) return;
    this.#period = setInterval(() => this.#startSweep(), idleAfter);
    this.#period.unref?.();
  }

  #startSweep(): void {
    if (this.#slice !== undefined) return;
    const { series } = this.#target;
    const idle: SeriesId[] = [];
    series.forEach((id) => {
      if (series.recentlyUsed[id] === 0) idle.push(id);
    });
    series.recentlyUsed.fill(0);
    if (idle.length === 0) return;
    this.#target.invalidate();
    this.#releaseSlice(idle);
  }

  #releaseSlice(idle: SeriesId[]): void {
    const { series } = this.#target;
    for (const id of idle.splice(-SLICE_SERIES)) if (series.recentlyUsed[id] === 0) this.#target.release(id);
    this.#slice = idle.length === 0 ? undefined : setTimeout(() => this.#releaseSlice(idle), 0);
    if (idle.length === 0) this.#target.forgetUnusedMetrics();
    this.#slice?.unref?.();
  }
}
