/**
 * Returns true if a pattern matches the whole name. `*` matches any number of characters, anywhere: `jobs.*`, `*_id`,
 * `shop.*.latency`, `*`. A pattern without `*` matches only itself. Takes linear time for each `*`.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  const last = parts.length - 1;
  let end = 0;
  const isFound = (part: string, index: number): boolean => {
    // The first occurrence of each middle part leaves the most room for the next one.
    const start = index === 0 ? 0 : index === last ? name.length - part.length : name.indexOf(part, end);
    if (start < end || !name.startsWith(part, start)) return false;
    end = start + part.length;
    return true;
  };
  return parts.every(isFound) && end === name.length;
}

/** Returns true if one of the patterns matches the name, as by {@link matchesPattern}. */
export function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, name));
}
