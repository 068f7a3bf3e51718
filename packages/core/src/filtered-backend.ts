// The choice of samples that one backend of `combine` gets.
import type { MetricsBackend, SeriesId } from './metrics-backend.js';
import { matchesAny } from './options/name-pattern.js';
import { checkNumber, checkOptionTypes } from './options/option-checks.js';

/** A backend that gets only some samples. Events count by their title, service checks by their name. */
export interface FilteredBackend {
  /** The backend that gets the samples. `close` of the combined backend closes it, too. */
  readonly backend: MetricsBackend;
  /** Keys or patterns of what it gets: `['checkout.*']`. @default all */
  readonly include?: readonly string[] | undefined;
  /** Keys or patterns of what it does not get, also of those included. @default none */
  readonly exclude?: readonly string[] | undefined;
  /**
   * The share of calls that it gets, from 0 to 1, drawn for each: for a rollout. A call that it does not get counts as `sampledOut`,
   * and receivers do not scale it up. @default 1
   */
  readonly share?: number | undefined;
}

/** Checks a parameter of `combine`. */
export function checkMember(given: MetricsBackend | FilteredBackend): FilteredBackend {
  const target = isBackend(given) ? { backend: given } : given;
  if (!isBackend(target?.backend))
    throw new TypeError('combine() takes backends, or { backend, include, exclude, share }.');
  if (target.backend.closed) throw new Error('combine() cannot open a closed backend again: create another one.');
  const types = { backend: 'object', include: 'array', exclude: 'array', share: undefined } as const;
  checkOptionTypes<FilteredBackend>('combine()', target, types);
  checkNumber('share', target.share, 0, 1);
  return target;
}

function isBackend(value: unknown): value is MetricsBackend {
  return typeof (value as MetricsBackend | undefined)?.open === 'function';
}

/** A backend with what it gets. */
export class Target {
  readonly backend: MetricsBackend;
  /** The open series that it does not get. */
  readonly excluded: Set<SeriesId> = new Set();
  sampledOut = 0;
  readonly #include: readonly string[] | undefined;
  readonly #exclude: readonly string[];
  readonly #share: number;

  constructor({ backend, include, exclude = [], share = 1 }: FilteredBackend) {
    this.backend = backend;
    this.#include = include;
    this.#exclude = exclude;
    this.#share = share;
  }

  selects(key: string): boolean {
    return (this.#include === undefined || matchesAny(this.#include, key)) && !matchesAny(this.#exclude, key);
  }

  /** Returns true if it gets this sample of a series. */
  takes(id: SeriesId): boolean {
    return (this.excluded.size === 0 || !this.excluded.has(id)) && (this.#share === 1 || this.draws());
  }

  draws(): boolean {
    if (Math.random() < this.#share) return true;
    this.sampledOut += 1;
    return false;
  }
}
