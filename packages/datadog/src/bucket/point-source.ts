import { isMainThread } from 'node:worker_threads';
import { hasSiblings, takeProcessTag } from '../payload/process-tag.js';

/**
 * The common part of all points that backends of this thread with the same options send. Two of these backends, such as one
 * that replaces the other, share it, so that neither overwrites the points of the other.
 */
export interface PointSource {
  /** Separates the points from those of other processes on the host. Undefined for a process without siblings. */
  readonly processTag: string | undefined;
  /** The last second since the epoch that must not be used: by this source, or by an earlier process. */
  lastSecond: number;
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

const MAX_SOURCES = 1000;
/** Common to all copies of this module in the thread. */
const REGISTRY = Symbol.for('@metrics/datadog.point-sources');

/** Returns the source of these options, always the same one. */
export function pointSource(options: PointSourceOptions): PointSource {
  const { url, host, tags, processTag } = options;
  const registry = globalThis as { [REGISTRY]?: Map<string, PointSource> };
  registry[REGISTRY] ??= new Map();
  const sources = registry[REGISTRY];
  const key = JSON.stringify([url, host, tags, processTag]);
  const known = sources.get(key);
  if (known !== undefined) return known;
  const source: PointSource = {
    processTag: processTag && hasSiblings() ? takeProcessTag(key) : undefined,
    lastSecond: options.isSystemClock ? Math.floor(startOfSource() / 1000) : Number.NEGATIVE_INFINITY,
  };
  const [oldest] = sources.keys();
  if (sources.size >= MAX_SOURCES && oldest !== undefined) sources.delete(oldest);
  sources.set(key, source);
  return source;
}

/**
 * Returns when the last process before this one that sent the same points had ended, in milliseconds since the epoch. A worker
 * gets its number when its predecessor has ended, which may be long after its own start; a process starts after the end of its
 * predecessor.
 */
function startOfSource(): number {
  return hasSiblings() || !isMainThread ? Date.now() : Date.now() - process.uptime() * 1000;
}
