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
const MAX_REMARKS = 1000;

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

/** What an intake took, to be asked by tests. Tags match where a series has at least these. */
export class IntakeRecord {
  static {
    inspectAsText(IntakeRecord.prototype);
  }

  readonly #maxPoints: number;
  readonly #requests = new BoundedList<IntakeRequest>(MAX_REQUESTS);
  readonly #overwrites = new BoundedList<IntakeOverwrite>(MAX_REMARKS);
  readonly #series = new Map<string, StoredSeries>();
  readonly #distributions = new Map<string, StoredDistribution>();
  readonly #types = new Map<string, string>();
  #events: IntakeEvent[] = [];
  #violations: string[] = [];
  #points = 0;
  /** Counts the requests that were stored. */
  #request = 0;

  constructor(maxPoints: number) {
    if (!Number.isSafeInteger(maxPoints) || maxPoints < 1) {
      throw new RangeError(`maxPoints must be a positive integer, not ${String(maxPoints)}`);
    }
    this.#maxPoints = maxPoints;
  }

  /** The last 1000, oldest first. */
  get requests(): readonly IntakeRequest[] {
    return this.#requests.toArray();
  }

  /** Each series once, with all its points in the order of time. */
  get series(): readonly IntakeSeries[] {
    return [...this.#series.values()].map((series) => ({ ...series, points: pointsOf(series) }));
  }

  /** Each series once, with all its points in the order of arrival. */
  get distributions(): readonly IntakeDistribution[] {
    return [...this.#distributions.values()].map((series) => ({ ...series, points: [...series.points] }));
  }

  get events(): readonly IntakeEvent[] {
    return [...this.#events];
  }

  /**
   * What the documented intake would have refused or quietly lost, whatever the script answered: assert that it is empty.
   * The first 1000 are kept.
   */
  get violations(): readonly string[] {
    return [...this.#violations];
  }

  /**
   * Points that were lost because one with the same series and second came later. One sent again because its answer was
   * lost is none. The last 1000 are kept.
   */
  get overwrites(): readonly IntakeOverwrite[] {
    return this.#overwrites.toArray();
  }

  /** The sum of counts, and of rates over their intervals. 0 when there are none. */
  sum(metric: string, tags?: TagQuery): number {
    let sum = 0;
    for (const { type, interval = 1, points } of this.#matching(this.#series, metric, tags)) {
      if (type === 'gauge') continue;
      for (const { value } of points.values()) sum += type === 'rate' ? value * interval : value;
    }
    return sum;
  }

  /** The latest value of a gauge, or `undefined` when there is none. */
  gauge(metric: string, tags?: TagQuery): number | undefined {
    const gauges = this.#matching(this.#series, metric, tags).filter(({ type }) => type === 'gauge');
    return inTime(gauges.flatMap(pointsOf)).at(-1)?.value;
  }

  /** The points of counts, rates and gauges in the order of time. */
  points(metric: string, tags?: TagQuery): IntakePoint[] {
    return inTime(this.#matching(this.#series, metric, tags).flatMap(pointsOf));
  }

  /** All values of a distribution, in the order of arrival. */
  values(metric: string, tags?: TagQuery): number[] {
    const matching = this.#matching(this.#distributions, metric, tags);
    return matching.flatMap(({ points }) => points.flatMap(({ values }) => [...values]));
  }

  /** Forgets everything. */
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

  /** One line a series, behind the requests and what was wrong with them: what a failed assertion should show. */
  toString(): string {
    return describeIntake(this);
  }

  protected addRequest(request: IntakeRequest): void {
    this.#requests.push(request);
    for (const violation of request.violations) this.addViolation(`${request.method} ${request.path}: ${violation}`);
  }

  protected addViolation(violation: string): void {
    if (this.#violations.length < MAX_REMARKS) this.#violations.push(violation);
  }

  /** Keeps a payload. `acknowledged`: whether the client is told. */
  protected store(payload: IntakePayload, acknowledged: boolean): void {
    this.#points += payload.points;
    this.#request += 1;
    if (this.#points > this.#maxPoints) {
      this.addViolation(`more than ${this.#maxPoints} points were sent: raise maxPoints, or clear() in between`);
      return;
    }
    for (const series of payload.series) this.#storeSeries(series, acknowledged);
    for (const series of payload.distributions) {
      this.#checkType(series.metric, 'distribution');
      const stored = entry(this.#distributions, series, () => ({ ...series, points: [] }));
      stored.points.push(...series.points);
    }
    this.#events.push(...payload.events);
  }

  #storeSeries(series: IntakeSeries, acknowledged: boolean): void {
    const { metric, host, tags } = series;
    this.#checkType(metric, series.type);
    const { points } = entry(this.#series, series, () => ({ ...series, points: new Map() }));
    for (const { timestamp, value } of series.points) {
      const before = points.get(timestamp);
      if (before !== undefined && (before.acknowledged || before.request === this.#request)) {
        this.#overwrites.push({ metric, host, tags, timestamp, lost: before.value, kept: value });
      }
      points.set(timestamp, { value, acknowledged, request: this.#request });
    }
  }

  /** A metric has one type, whatever its tags. */
  #checkType(metric: string, type: string): void {
    const known = this.#types.get(metric);
    if (known === undefined) this.#types.set(metric, type);
    else if (known !== type) this.addViolation(`metric ${metric} came as a ${known} and as a ${type}`);
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

function entry<Kind>(
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
  return inTime([...points].map(([timestamp, { value }]) => ({ timestamp, value })));
}

function inTime(points: IntakePoint[]): IntakePoint[] {
  return points.sort((one, other) => one.timestamp - other.timestamp);
}
