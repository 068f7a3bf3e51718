import type { BackendStats } from '../metrics-backend.js';

/** Returns the sum of the counts of backends. Skips those that throw, and fields that a backend does not have. */
export function sumStats(backends: Iterable<{ stats(): Partial<BackendStats> }>): BackendStats {
  const sum = { accepted: 0, sent: 0, pending: 0, sampledOut: 0 };
  const dropped: Record<string, number> = {};
  for (const backend of backends)
    try {
      const stats = backend.stats();
      for (const field in sum) sum[field as keyof typeof sum] += stats[field as keyof typeof sum] ?? 0;
      for (const [reason, count] of Object.entries(stats.dropped ?? {}))
        dropped[reason] = (dropped[reason] ?? 0) + count;
    } catch {}
  return { ...sum, dropped };
}

/** Returns the number of samples that a backend dropped, for any reason. */
export function lostSamples(backend: { stats(): Partial<BackendStats> }): number {
  return Object.values(sumStats([backend]).dropped).reduce((sum, count) => sum + count, 0);
}
