import type { Metrics, TimingHandle } from '@metrics/core';
import { builtin } from '../builtins.js';
import { round } from '../total-counter.js';

/** Kinds of collections by their number in `node:perf_hooks`; 2 is a mark-compact of the young generation. */
const TYPES: Readonly<Record<number, string>> = { 1: 'minor', 2: 'minor', 4: 'major', 8: 'incremental', 16: 'weakcb' };

/** Records each garbage collection of this thread. */
export function observeGarbageCollection(metrics: Metrics, missing: string[]): (() => void)[] {
  const { PerformanceObserver } = builtin('node:perf_hooks') ?? {};
  const { supportedEntryTypes = [] } = (PerformanceObserver ?? {}) as { supportedEntryTypes?: readonly string[] };
  if (PerformanceObserver === undefined || !supportedEntryTypes.includes('gc')) {
    missing.push('PerformanceObserver for gc');
    return [];
  }
  const duration = metrics.defineTiming('v8js.gc.duration', {
    tags: ['type'],
    description: 'Duration of garbage collections',
  });
  const handles = new Map<string, TimingHandle>();
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const type = TYPES[(entry as { detail?: { kind?: number } }).detail?.kind ?? 0];
      if (type === undefined) continue;
      let handle = handles.get(type);
      if (handle === undefined) handles.set(type, (handle = duration.with({ type })));
      handle.record(round(entry.duration));
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return [() => observer.disconnect()];
}
