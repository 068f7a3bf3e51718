/** Whether a key is meant by a pattern: exactly, or by its beginning, `jobs.*`. */
export function matchesKey(pattern: string, key: string): boolean {
  return pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern;
}
