/** Whether a metric key is named by one of the patterns: exactly, or by its beginning where a pattern ends in `*`. */
export function matchesAny(patterns: readonly string[], key: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern));
}
