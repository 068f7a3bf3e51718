import type { Metrics, Timing, TimingHandle } from '@metrics/core';
import { now } from '@metrics/core/backend';
import { statusClass } from '@metrics/core/normalizers';
import { observeGauge } from '../observe-gauge.js';
import type { ResolvedHttpOptions } from './http-options.js';

/** Bounds that the semantic conventions of OpenTelemetry advise, in milliseconds. */
const BUCKETS = [5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

/** Handles that are kept. Routes come from the application; beyond the bound all are created again. */
const MAX_HANDLES = 5000;

/** The keys of the tags, in the order of the parameters of `record`. */
const TAG_KEYS = {
  server: {
    short: ['method', 'route', 'status', 'error', undefined],
    opentelemetry: ['http.request.method', 'http.route', 'http.response.status_code', 'error.type', 'url.scheme'],
  },
  client: {
    short: ['method', 'server', 'status', 'error', undefined],
    opentelemetry: ['http.request.method', 'server.address', 'http.response.status_code', 'error.type', undefined],
  },
} as const;

const DESCRIPTIONS = {
  server: 'HTTP requests that this process served',
  client: 'HTTP requests that this process sent, until the headers of the response',
};

/** A node of the tree of handles: each level is a tag. */
interface HandleNode {
  handle: TimingHandle | undefined;
  readonly next: Map<string | number | undefined, HandleNode>;
}

/**
 * The metrics of requests of one kind: how long they took, and how many are running. They are recorded through handles, so
 * that context tags of the application do not get in.
 */
export class RequestMetrics {
  readonly #options: ResolvedHttpOptions;
  readonly #keys: readonly (string | undefined)[];
  readonly #firstFailure: number;
  readonly #duration: Timing<string>;
  readonly #stopObserving: () => void;
  #handles: HandleNode = createNode();
  #handleCount = 0;
  #active = 0;
  #isDisposed = false;

  constructor(metrics: Metrics, kind: 'server' | 'client', options: ResolvedHttpOptions) {
    this.#options = options;
    this.#keys = TAG_KEYS[kind][options.tagNames];
    // A server is not to blame for a status below 500.
    this.#firstFailure = kind === 'server' ? 500 : 400;
    const description = DESCRIPTIONS[kind];
    const tags = this.#keys.filter((key) => key !== undefined);
    this.#duration = metrics.defineTiming<string>(`http.${kind}.request.duration`, {
      tags,
      description,
      buckets: BUCKETS,
    });
    const active = { description: `${description}: those that have not ended` };
    this.#stopObserving = observeGauge(metrics, `http.${kind}.active_requests`, active, () => this.#active);
  }

  /** Counts a request as running, and returns the time of its start. */
  begin(): number {
    this.#active += 1;
    return now();
  }

  /** Counts a request as ended. Returns false if it must not be recorded any more. */
  end(): boolean {
    this.#active -= 1;
    return !this.#isDisposed;
  }

  /**
   * @param target the route of a request to a server, the name of the host of a client's request.
   * @param scheme of the URL. Recorded with the names of OpenTelemetry only.
   */
  record(
    start: number,
    method: string,
    target: string | undefined,
    status: number | undefined,
    error: string | undefined,
    scheme?: string,
  ): void {
    const name = this.#options.methods.has(method) ? method : '_OTHER';
    let node = nextNode(nextNode(nextNode(this.#handles, target), name), status);
    node = nextNode(nextNode(node, error), scheme);
    node.handle ??= this.#createHandle(name, target, status, error, scheme);
    // As exact as the timers of core.
    node.handle.record(Math.round((now() - start) * 1000) / 1000);
  }

  /** Requests that are running still have to be counted as ended. */
  dispose(): void {
    this.#isDisposed = true;
    this.#stopObserving();
  }

  #createHandle(
    method: string,
    target: string | undefined,
    status: number | undefined,
    error: string | undefined,
    scheme: string | undefined,
  ): TimingHandle {
    if (this.#handleCount === MAX_HANDLES) {
      this.#handles = createNode();
      this.#handleCount = 0;
    }
    this.#handleCount += 1;
    const { statusClass: isClass, tagNames } = this.#options;
    const shownStatus = status !== undefined && isClass ? statusClass(status) : status;
    // The conventions want the status as the error of a failed request.
    const isFailure = tagNames === 'opentelemetry' && status !== undefined && status >= this.#firstFailure;
    const values = [method, target, shownStatus, error ?? (isFailure ? String(status) : undefined), scheme];
    return this.#duration.with(
      Object.fromEntries(this.#keys.flatMap((key, index) => (key === undefined ? [] : [[key, values[index]]]))),
    );
  }
}

function createNode(): HandleNode {
  return { handle: undefined, next: new Map() };
}

function nextNode({ next }: HandleNode, key: string | number | undefined): HandleNode {
  let node = next.get(key);
  if (node === undefined) next.set(key, (node = createNode()));
  return node;
}
