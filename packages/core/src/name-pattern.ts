/** Whether a key is named by one of the patterns: exactly, or by its beginning (`jobs.*`) or its end (`*_id`). */
export function matchesAny(patterns: readonly string[], key: string): boolean {
  return patterns.some((pattern) => {
    if (pattern.endsWith('*')) return key.startsWith(pattern.slice(0, -1));
    return pattern.startsWith('*') ? key.endsWith(pattern.slice(1)) : key === pattern;
  });
}
