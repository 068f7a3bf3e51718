import { checkInteger } from '@metrics/core/backend';
import { BoundedList } from '../recording/bounded-list.js';
import { inspectAsText } from '../recording/inspect-as-text.js';
import type { TagQuery } from '../recording/recording.js';
import { describeIntake } from './describe-intake.js';
import type { IntakeOverwrite } from './intake-overwrite.js';
import type {
  IntakeDistribution,
  IntakeDistributionPoint,
  IntakeEvent,
  IntakePayload,
  IntakePoint,
  IntakeSeries,
} from './intake-payload.js';
import type { IntakeRequest } from './intake-request.js';

const MAX_REQUESTS = 1000;
const MAX_VIOLATIONS = 1000;

interface StoredSeries extends Omit<IntakeSeries, 'points'> {
  readonly points: Map<number, StoredPoint>;
}

interface StoredPoint {
  readonly value: number;
  readonly acknowledged: boolean;
  readonly request: number;
}

interface StoredDistribution extends Omit<IntakeDistribution, 'points'> {
  readonly points: IntakeDistributionPoint[];
}

/** Everything that an intake received, for tests to query. Tags match a series that has at least these. */
export class IntakeRecord {
  static {
    inspectAsText(IntakeRecord.prototype);
  }

  readonly #maxPoints: number;
  readonly #requests = new BoundedList<IntakeRequest>(MAX_REQUESTS);
  readonly #overwrites = new BoundedList<IntakeOverwrite>(MAX_VIOLATIONS);
  readonly #series = new Map<string, StoredSeries>();
  readonly #distributions = new Map<string, StoredDistribution>();
  readonly #types = new Map<string, string>();
  #events: IntakeEvent[] = [];
  #violations: string[] = [];
  #points = 0;
  /** The number of stored requests. */
  #storedRequests = 0;

  constructor(maxPoints: number) {
    checkInteger('maxPoints', maxPoints, 1, Number.MAX_SAFE_INTEGER);
    this.#maxPoints = maxPoints;
  }

  /** The last 1000 requests, oldest first. */
  get requests(): readonly IntakeRequest[] {
    return this.#requests.toArray();
  }

  /** Each series once, with all its points sorted by time. */
  get series(): readonly IntakeSeries[] {
    return [...this.#series.values()].map((series) => ({ ...series, points: pointsOf(series) }));
  }

  /** Each distribution once, with all its points in the order of arrival. */
  get distributions(): readonly IntakeDistribution[] {
    return [...this.#distributions.values()].map((series) => ({ ...series, points: [...series.points] }));
  }

  /** The events, in the order of arrival. */
  get events(): readonly IntakeEvent[] {
    return [...this.#events];
  }

  /**
   * Everything that the documented intake would have rejected or silently dropped, whatever the scripted response was:
   * assert that it is empty. The first 1000 violations are kept.
   */
  get violations(): readonly string[] {
    return [...this.#violations];
  }

  /**
   * Points that were lost because a later one has the same series and second. A point that is sent again because its
   * response was lost does not count. The last 1000 overwrites are kept.
   */
  get overwrites(): readonly IntakeOverwrite[] {
    return this.#overwrites.toArray();
  }

  /** Returns the sum of the counts of a metric, and of its rates times their intervals. 0 if there are none. */
  sum(metric: string, tags?: TagQuery): number {
    let sum = 0;
    for (const { type, interval = 1, points } of this.#matching(this.#series, metric, tags)) {
      if (type === 'gauge') continue;
      for (const { value } of points.values()) sum += type === 'rate' ? value * interval : value;
    }
    return sum;
  }

  /** Returns the latest value of a gauge, or undefined if there is none. */
  gauge(metric: string, tags?: TagQuery): number | undefined {
    const gauges = this.#matching(this.#series, metric, tags).filter(({ type }) => type === 'gauge');
    return sortByTime(gauges.flatMap(pointsOf)).at(-1)?.value;
  }

  /** Returns the points of the counts, rates and gauges of a metric, sorted by time. */
  points(metric: string, tags?: TagQuery): IntakePoint[] {
    return sortByTime(this.#matching(this.#series, metric, tags).flatMap(pointsOf));
  }

  /** Returns all values of a distribution, in the order of arrival. */
  values(metric: string, tags?: TagQuery): number[] {
    const matching = this.#matching(this.#distributions, metric, tags);
    return matching.flatMap(({ points }) => points.flatMap(({ values }) => [...values]));
  }

  /** Removes everything. */
  clear(): void {
    this.#requests.clear();
    this.#overwrites.clear();
    this.#series.clear();
    this.#distributions.clear();
    this.#types.clear();
    this.#events = [];
    this.#violations = [];
    this.#points = 0;
  }

  /** Returns one line for each violation, request and series, for the message of a failed assertion. */
  toString(): string {
    return describeIntake(this);
  }

  /** Adds a request and its violations. */
  protected addRequest(request: IntakeRequest): void {
    this.#requests.push(request);
    for (const violation of request.violations) this.addViolation(`${request.method} ${request.path}: ${violation}`);
  }

  /** Adds a violation, up to the first 1000. */
  protected addViolation(violation: string): void {
    if (this.#violations.length < MAX_VIOLATIONS) this.#violations.push(violation);
  }

  /** Stores a payload. `acknowledged` is true if the client receives a response. */
  protected store(payload: IntakePayload, acknowledged: boolean): void {
    this.#points += payload.points;
    this.#storedRequests += 1;
    if (this.#points > this.#maxPoints) {
      this.addViolation(`more than ${this.#maxPoints} points were sent: raise maxPoints, or call clear() in between`);
      return;
    }
    for (const series of payload.series) this.#storeSeries(series, acknowledged);
    for (const series of payload.distributions) {
      this.#checkType(series.metric, 'distribution');
      const stored = getOrCreate(this.#distributions, series, () => ({ ...series, points: [] }));
      stored.points.push(...series.points);
    }
    this.#events.push(...payload.events);
  }

  #storeSeries(series: IntakeSeries, acknowledged: boolean): void {
    const { metric, host, tags } = series;
    this.#checkType(metric, series.type);
    const { points } = getOrCreate(this.#series, series, () => ({ ...series, points: new Map() }));
    for (const { timestamp, value } of series.points) {
      const before = points.get(timestamp);
      if (before !== undefined && (before.acknowledged || before.request === this.#storedRequests)) {
        this.#overwrites.push({ metric, host, tags, timestamp, lost: before.value, kept: value });
      }
      points.set(timestamp, { value, acknowledged, request: this.#storedRequests });
    }
  }

  /** Adds a violation if the metric had another type before, with whatever tags. */
  #checkType(metric: string, type: string): void {
    const known = this.#types.get(metric);
    if (known === undefined) this.#types.set(metric, type);
    else if (known !== type) this.addViolation(`metric ${metric} was sent as a ${known} and as a ${type}`);
  }

  #matching<Kind extends { readonly metric: string; readonly tags: readonly string[] }>(
    all: ReadonlyMap<string, Kind>,
    metric: string,
    tags: TagQuery = {},
  ): Kind[] {
    const matches = Object.entries(tags).map(
      ([key, value]) =>
        (series: Kind): boolean =>
          value == null
            ? !series.tags.some((tag) => tag.startsWith(`${key}:`))
            : series.tags.includes(`${key}:${value}`),
    );
    return [...all.values()].filter((series) => series.metric === metric && matches.every((match) => match(series)));
  }
}

function getOrCreate<Kind>(
  all: Map<string, Kind>,
  { metric, host, tags }: Pick<IntakeSeries, 'metric' | 'host' | 'tags'>,
  create: () => Kind,
): Kind {
  const identity = `${metric}\n${host ?? ''}\n${tags.join()}`;
  const known = all.get(identity) ?? create();
  all.set(identity, known);
  return known;
}

function pointsOf({ points }: StoredSeries): IntakePoint[] {
  return sortByTime([...points].map(([timestamp, { value }]) => ({ timestamp, value })));
}

function sortByTime(points: IntakePoint[]): IntakePoint[] {
  return points.sort((one, other) => one.timestamp - other.timestamp);
}
