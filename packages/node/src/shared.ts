// The state that all copies of this package in a process share: the ES module, the CommonJS build and its entries, other versions.
import type { Gauge, Metrics } from '@metrics/core';
import { describeValue } from '@metrics/core/backend';
import { errorName } from '@metrics/core/normalizers';

/** The functions that observe something. */
export type Subject = 'http' | 'runtime' | 'metrics';

/** Returned by the functions that observe: ends it without a trace. A second call has no effect. */
export interface Installation {
  /** Ends the observation. A second call has no effect. */
  dispose(): void;
  /** Does the same as {@link Installation.dispose}: `using http = observeHttp(metrics)`. */
  [Symbol.dispose](): void;
}

/** Reads a gauge: returns the value of the series without tags, or sets series with tags and returns `undefined`. */
export type GaugeReader = (gauge: Gauge<string>) => number | undefined;

/** An observed gauge and its reader, which ends with its installation. */
export interface ObservedGauge {
  readonly gauge: Gauge<string>;
  read: GaugeReader | undefined;
}

/** Returns the template of a request's route; `undefined` if no route matched it. */
export type RouteReader = () => string | undefined;

interface Shared {
  readonly installations: WeakMap<Metrics, Map<Subject, Installation>>;
  readonly gauges: WeakMap<Metrics, Map<string, ObservedGauge>>;
  /** By the raw request, or by the stream of an HTTP/2 request. */
  readonly routes: WeakMap<object, string | RouteReader>;
  readonly warned: Set<string>;
}

/** The number is the version of this contract. */
const KEY = Symbol.for('@metrics/node');

/** Returns the state of the process. Under jest each test file has its own. */
export function shared(): Shared {
  const global = globalThis as typeof globalThis & { [KEY]?: Shared };
  return (global[KEY] ??= {
    installations: new WeakMap(),
    gauges: new WeakMap(),
    routes: new WeakMap(),
    warned: new Set(),
  });
}

/**
 * Starts to observe a subject, or returns the installation that does so already for the same metrics.
 *
 * @param start returns the functions that undo it.
 */
export function install(metrics: Metrics, subject: Subject, start: () => readonly (() => void)[]): Installation {
  const { installations } = shared();
  let subjects = installations.get(metrics);
  if (subjects === undefined) installations.set(metrics, (subjects = new Map()));
  const known = subjects.get(subject);
  if (known !== undefined) return known;
  const undo = start();
  const dispose = (): void => {
    if (subjects.get(subject) !== installation) return;
    subjects.delete(subject);
    for (const each of undo) each();
  };
  const installation: Installation = { dispose, [Symbol.dispose]: dispose };
  subjects.set(subject, installation);
  return installation;
}

/** Warns, once in a process, of something that this runtime lacks. */
export function warnOnce(code: string, message: string): void {
  const { warned } = shared();
  if (warned.has(code)) return;
  warned.add(code);
  globalThis.process?.emitWarning?.(message, { type: 'MetricsWarning', code });
}

/** Warns, once, of an error in a function of the application, which must not reach the caller: it would end the process. */
export function warnOfError(code: string, what: string, error: unknown): void {
  warnOnce(code, `@metrics/node: ${what} failed, ${errorName(error)}: ${describeError(error)}`);
}

function describeError(error: unknown): string {
  return describeValue(error instanceof Error ? error.message : error);
}
