// Over 200 lines because it is one naive reading of the facade's documentation, from a call to what a backend receives.
import type { CallOptions, Given, Kind, RegisteredOptions } from './facade-commands.js';

type Tags = Map<string, string>;

/** The properties of a metric that the model keeps. */
interface ModelMetric {
  readonly kind: Kind;
  /** Tag keys of the declaration, each with its values if it lists them. */
  declared: ReadonlyMap<string, ReadonlySet<string> | undefined> | undefined;
}

/** An open series. */
interface ModelSeries {
  readonly key: string;
  readonly tags: Tags;
  used: boolean;
}

/** A registration, and what its backend has received. */
export interface ModelRegistration {
  readonly options: RegisteredOptions;
  /** Not replaceable: it is closed when it ends, and cannot come back. */
  readonly live: boolean;
  readonly previous: ModelRegistration | undefined;
  readonly received: ModelSample[];
  disposed: boolean;
}

/** One thing that a backend received. */
export interface ModelSample {
  readonly kind: Kind | 'event' | 'serviceCheck';
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly instance: string | undefined;
  readonly value: number | string;
  readonly sampleRate: number;
  readonly timestamp: number | undefined;
}

/** A scope of calls: the root or a child. */
export interface ModelScope {
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A call that records a sample. */
export interface ModelCall {
  readonly kind: Kind;
  readonly scope: ModelScope;
  readonly key: Given;
  readonly value: Given;
  readonly options?: CallOptions | undefined;
  /** Tags of the contexts around the call, the innermost last. */
  readonly context?: readonly Readonly<Record<string, string>>[];
}

const OVERFLOW = '__other__';
/** The key of the instance among the tags of a series. */
const INSTANCE = '';

/** The behavior of the facade, by the plainest possible means: a list of all series, searched from its start for each sample. */
export class FacadeModel {
  discarded = 0;
  sampledOut = 0;
  made = 0;
  readonly dropped = new Map<string, number>();
  readonly registrations: ModelRegistration[] = [];
  active: ModelRegistration | undefined;
  series: ModelSeries[] = [];
  #metrics = new Map<string, ModelMetric>();
  #now = 0;
  #nextSweep = Number.POSITIVE_INFINITY;

  /** Returns undefined if a live backend is registered already. */
  register(options: RegisteredOptions, live: boolean, replace: boolean): ModelRegistration | undefined {
    if (this.active?.live && !replace) return undefined;
    let previous = this.active;
    while (previous?.live) previous = previous.previous;
    const registration = { options, live, previous, received: [], disposed: false };
    this.registrations.push(registration);
    this.#activate(registration);
    return registration;
  }

  dispose(registration: ModelRegistration): void {
    registration.disposed = true;
    if (this.active !== registration) return;
    let restored = registration.previous;
    while (restored?.disposed) restored = restored.previous;
    this.#activate(restored);
  }

  close(): void {
    if (this.active !== undefined) this.#activate(undefined);
  }

  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    while (this.#nextSweep <= until) {
      this.#sweep();
      this.#nextSweep += this.active!.options.cardinality.idleAfter;
    }
    this.#now = until;
  }

  /** Declares a metric: the first declaration holds. */
  declare(kind: Kind, scope: ModelScope, key: string, tags: Given): void {
    const metric = this.#metric(scope.prefix + key, kind);
    if (metric.declared !== undefined || metric.kind !== kind) return;
    const declared = new Map<string, ReadonlySet<string> | undefined>();
    const lists = Array.isArray(tags) ? Object.fromEntries(tags.map((tag) => [tag, '*'])) : (tags ?? {});
    if (kind === 'timing')
      declared.set('result', Array.isArray(tags ?? []) ? undefined : new Set(['success', 'failure']));
    for (const [tag, values] of Object.entries(lists))
      declared.set(tag, Array.isArray(values) ? new Set(values.map(String)) : undefined);
    metric.declared = declared;
  }

  /** Records a sample of a verb: the value is checked before the metric. */
  record(call: ModelCall): void {
    this.made += 1;
    if (this.active === undefined) this.discarded += 1;
    else if (this.#isKept(call)) this.#deliver(call);
  }

  /** Records a sample of an instrument or a handle: the metric is checked before the value. */
  use(call: ModelCall): void {
    this.made += 1;
    if (this.active === undefined) this.discarded += 1;
    else {
      const reason = this.#rejection(call);
      if (reason !== undefined) this.#drop(reason);
      else if (this.#isKept(call)) this.#deliver(call);
    }
  }

  /** Records a sample of a handle: metric and tags are checked before the value. */
  useHandle(call: ModelCall): void {
    this.made += 1;
    if (this.active === undefined) this.discarded += 1;
    else {
      const tags = this.#open(call);
      if (typeof tags === 'string') this.#drop(tags);
      else if (this.#isKept(call)) this.#receive(call, tags);
    }
  }

  /** Binds a handle, which opens its series. */
  bind(call: ModelCall): void {
    if (this.active !== undefined) this.#open(call);
  }

  event(
    kind: 'event' | 'serviceCheck',
    scope: ModelScope,
    title: Given,
    tags: Given,
    context: ModelCall['context'],
  ): void {
    this.made += 1;
    if (this.active === undefined) return void (this.discarded += 1);
    if (typeof title !== 'string' || title === '') return this.#drop('invalid_value');
    const merged = this.#mergeTags(scope, tags, undefined, context, undefined);
    if (typeof merged === 'string') return this.#drop(merged);
    const name = kind === 'event' ? title : this.active.options.prefix + scope.prefix + title;
    const sample = { kind, name, instance: undefined, value: 1, sampleRate: 1, timestamp: undefined };
    this.active.received.push({ ...sample, tags: Object.fromEntries(merged) });
  }

  get droppedTotal(): number {
    return [...this.dropped.values()].reduce((sum, count) => sum + count, 0);
  }

  #activate(registration: ModelRegistration | undefined): void {
    this.active = registration;
    this.series = [];
    this.#nextSweep = this.#now + (registration?.options.cardinality.idleAfter || Number.POSITIVE_INFINITY);
  }

  /** Releases the series without a sample since the last sweep, and forgets undeclared metrics without series. */
  #sweep(): void {
    const idle = this.series.filter(({ used }) => !used);
    this.series = this.series.filter(({ used }) => used);
    for (const series of this.series) series.used = false;
    if (idle.length === 0 || this.active?.options.cardinality.mode === 'off') return;
    for (const [key, { declared }] of this.#metrics)
      if (declared === undefined && !this.series.some((series) => series.key === key)) this.#metrics.delete(key);
  }

  #drop(reason: string): void {
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + 1);
  }

  /** Checks value and rate. Returns false if the sample was skipped or dropped. */
  #isKept({ kind, value, options }: ModelCall): boolean {
    if (!isValid(kind, value)) {
      this.#drop('invalid_value');
      return false;
    }
    const rate = options?.sampleRate ?? this.active!.options.sampleRate;
    if (kind === 'gauge' || kind === 'set' || (typeof rate === 'number' && rate > 0)) return true;
    if (rate === 0) this.sampledOut += 1;
    else this.#drop('invalid_sample_rate');
    return false;
  }

  /** Returns the reason for which every sample of this call is dropped: its key, its kind. */
  #rejection({ kind, scope, key }: ModelCall): string | undefined {
    if (typeof key !== 'string' || key === '' || key.length > 1000) return 'invalid_key';
    const full = (scope.prefix + key).toWellFormed();
    const metric = this.#metric(full, kind);
    if (full.startsWith('debug.') && this.active!.options.deny.length > 0) return 'denied';
    return metric.kind === kind ? undefined : 'kind_conflict';
  }

  #metric(key: string, kind: Kind): ModelMetric {
    const metric = this.#metrics.get(key) ?? { kind, declared: undefined };
    this.#metrics.set(key, metric);
    return metric;
  }

  #deliver(call: ModelCall): void {
    const tags = this.#open(call);
    if (typeof tags === 'string') this.#drop(tags);
    else this.#receive(call, tags);
  }

  /** Finds or opens the series, marks it as used, and returns its tags, or the reason for which the sample is dropped. */
  #open(call: ModelCall): Tags | string {
    const rejection = this.#rejection(call);
    if (rejection !== undefined) return rejection;
    const { kind, scope, options, context } = call;
    const key = (scope.prefix + (call.key as string)).toWellFormed();
    const { declared } = this.#metric(key, kind);
    const merged = this.#mergeTags(scope, options?.tags, options?.instance, context, declared);
    if (typeof merged === 'string') return merged;
    const isGuarded = this.active!.options.cardinality.mode === 'guard';
    const tags = isGuarded ? this.#limit(key, kind, merged, declared) : merged;
    if (tags === undefined) return 'gauge_would_merge';
    let series = this.series.find((each) => each.key === key && isEqual(each.tags, tags));
    if (series === undefined) this.series.push((series = { key, tags, used: true }));
    series.used = true;
    return tags;
  }

  /** Passes a sample to the active backend, unless its time is invalid. */
  #receive({ kind, scope, key, value, options }: ModelCall, tags: Tags): void {
    const { received, options: registered } = this.active!;
    const { sampleRate = registered.sampleRate, timestamp } = options ?? {};
    const isTimed = timestamp !== undefined && (kind === 'counter' || kind === 'gauge');
    if (timestamp !== undefined && !(typeof timestamp === 'number' && timestamp > 0 && timestamp < 1e11))
      return this.#drop('invalid_timestamp');
    received.push({
      kind,
      name: registered.prefix + (scope.prefix + (key as string)).toWellFormed(),
      tags: Object.fromEntries([...tags].filter(([tag]) => tag !== INSTANCE)),
      instance: tags.get(INSTANCE),
      value: kind === 'set' ? String(value) : (value as number),
      sampleRate: kind === 'gauge' || kind === 'set' || isTimed ? 1 : Math.min(1, sampleRate as number),
      timestamp: isTimed ? timestamp : undefined,
    });
  }

  /** Returns all tags that apply, or the reason for which the sample is dropped. */
  #mergeTags(
    scope: ModelScope,
    given: Given,
    instance: Given,
    context: ModelCall['context'] = [],
    declared: ModelMetric['declared'],
  ): Tags | string {
    const merged: Tags = new Map(Object.entries({ ...this.active!.options.tags, ...scope.tags }));
    for (const [tag, value] of context.flatMap((tags) => Object.entries(tags)))
      if (declared === undefined || declared.has(tag)) merged.set(tag, value);
    if (given !== undefined && given !== null) {
      if (Object.prototype.toString.call(given) !== '[object Object]') return 'invalid_tags';
      for (const [tag, value] of Object.entries(given)) {
        const isAbsent = value === undefined || value === null;
        if (tag === '' || !(isAbsent || ['string', 'number', 'boolean'].includes(typeof value)))
          return 'invalid_tag_value';
        const name = normalized(tag);
        if (!isAbsent && (declared === undefined || declared.has(name))) merged.set(name, normalized(value));
      }
    }
    if (instance === undefined || instance === null || instance === '') return merged;
    if (typeof instance !== 'string' && typeof instance !== 'number') return 'invalid_tag_value';
    return merged.set(INSTANCE, normalized(instance));
  }

  /** Applies the limits of the guard. Returns undefined for a gauge that would merge with another. */
  #limit(key: string, kind: Kind, given: Tags, declared: ModelMetric['declared']): Tags | undefined {
    const limited: Tags = new Map();
    let isMerged = false;
    for (const [tag, value] of given) {
      if (tag === 'trace_id' && !declared?.has(tag)) continue;
      const listed = declared?.get(tag);
      const known = new Set(this.series.filter((each) => each.key === key).map((each) => each.tags.get(tag)));
      const isKnown = known.has(value);
      known.delete(undefined);
      known.delete(OVERFLOW);
      const isFull = known.size >= this.active!.options.cardinality.maxValuesPerTag;
      const isKept = value === OVERFLOW || isKnown || (listed ? listed.has(value) : !isFull);
      limited.set(tag, isKept ? value : OVERFLOW);
      isMerged ||= !isKept;
    }
    return isMerged && kind === 'gauge' ? undefined : limited;
  }
}

/** Returns true for a finite number, not negative if it is a timing, and for a member of a set that is a string. */
export function isValid(kind: Kind, value: Given): boolean {
  if (typeof value === 'string') return kind === 'set';
  return typeof value === 'number' && Number.isFinite(value) && !(kind === 'timing' && value < 0);
}

function isEqual(one: Tags, other: Tags): boolean {
  return one.size === other.size && [...one].every(([tag, value]) => other.get(tag) === value);
}

function normalized(value: unknown): string {
  return String(value).slice(0, 200).toWellFormed();
}
