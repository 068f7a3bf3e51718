import type { SeriesId } from '../metrics-backend.js';
import type { SeriesRegistry } from '../series/series-registry.js';

/** Series released before other work gets its turn. */
const SLICE = 500;

/** What the sweep works on. */
export interface Swept {
  readonly series: SeriesRegistry;
  /** Makes every remembered id void, so that whoever still wants a series finds it anew and thereby touches it. */
  invalidate(): void;
  release(id: SeriesId): void;
  /** All of one sweep were released. */
  swept(): void;
}

/**
 * Releases series that had no sample for a while, a slice at a time.
 *
 * A series untouched for a whole period becomes a candidate, and all remembered ids become void at that moment. A sample
 * that comes for a candidate from then on can only find it through the registry, which touches it; so what is still
 * untouched when its slice comes is remembered by nobody.
 */
export class IdleSweep {
  readonly #swept: Swept;
  #period: ReturnType<typeof setInterval> | undefined;
  #slice: ReturnType<typeof setImmediate> | undefined;

  constructor(swept: Swept) {
    this.#swept = swept;
  }

  /** Begins anew with this many milliseconds, or stops at 0. */
  restart(idleAfter: number): void {
    clearInterval(this.#period);
    clearImmediate(this.#slice);
    this.#slice = undefined;
    if (!(idleAfter > 0 && idleAfter < 2 ** 31)) return;
    this.#period = setInterval(() => this.#begin(), idleAfter);
    this.#period.unref?.();
  }

  #begin(): void {
    if (this.#slice !== undefined) return;
    const { series } = this.#swept;
    const idle: SeriesId[] = [];
    series.forEach((id) => {
      if (series.touched[id] === 0) idle.push(id);
    });
    series.touched.fill(0);
    if (idle.length === 0) return;
    this.#swept.invalidate();
    this.#release(idle);
  }

  #release(idle: SeriesId[]): void {
    const { series } = this.#swept;
    for (const id of idle.splice(-SLICE)) if (series.touched[id] === 0) this.#swept.release(id);
    this.#slice = idle.length === 0 ? undefined : setImmediate(() => this.#release(idle));
    if (idle.length === 0) this.#swept.swept();
    this.#slice?.unref?.();
  }
}
