import { hasSiblings, takeProcessTag } from '../payload/process-tag.js';

/**
 * The common part of all points that backends of this thread with the same options send. Two of these backends, such as one
 * that replaces the other, share it, so that neither overwrites the points of the other.
 */
export interface PointSource {
  /** Separates the points from those of other processes on the host. Undefined for a process without siblings. */
  readonly processTag: string | undefined;
  readonly seconds: UsedSeconds;
}

/** The seconds since the epoch that no further point may have. */
export interface UsedSeconds {
  /** The last one that was used, here or by an earlier process. */
  last: number;
}

export interface PointSourceOptions {
  /** The address of the intake, without a slash at the end. */
  readonly url: string;
  /** Empty for none. */
  readonly host: string;
  readonly tags: readonly (readonly [string, string])[];
  /** False if the points get no process tag, whatever siblings there are. */
  readonly processTag: boolean;
  /** False for the clock of a test, which has no relation to the start of the process. */
  readonly isSystemClock: boolean;
}

interface Registry {
  readonly seconds: Map<string, UsedSeconds>;
  readonly processTags: Map<string, string>;
}

/** Options that are remembered: more than any application has, but not those of each test of a large suite. */
const MAX_ENTRIES = 1000;
/** Common to all copies of this module in the thread. */
const REGISTRY = Symbol.for('@metrics/datadog.point-sources');

/** Returns the source of these options. */
export function pointSource({ url, host, tags, processTag, isSystemClock }: PointSourceOptions): PointSource {
  const global = globalThis as { [REGISTRY]?: Registry };
  const registry = (global[REGISTRY] ??= { seconds: new Map(), processTags: new Map() });
  const siblings = hasSiblings();
  const start = isSystemClock ? Math.floor(Date.now() / 1000 - (siblings ? 0 : process.uptime())) : -Infinity;
  // Other tags need not separate the points, because a call may have the same.
  const seconds = getOrCreate(registry.seconds, JSON.stringify([url, host]), () => ({ last: start }));
  if (!processTag || !siblings) return { processTag: undefined, seconds };
  const pool = JSON.stringify([url, host, tags]);
  const tag = getOrCreate(registry.processTags, pool, () => {
    const taken = takeProcessTag(pool);
    // The process that had the number before may have used any second until now.
    if (isSystemClock) seconds.last = Math.max(seconds.last, Math.floor(Date.now() / 1000));
    return taken;
  });
  return { processTag: tag, seconds };
}

function getOrCreate<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const value = map.get(key) ?? create();
  const [oldest] = map.keys();
  if (map.size >= MAX_ENTRIES && oldest !== undefined && !map.has(key)) map.delete(oldest);
  map.set(key, value);
  return value;
}
