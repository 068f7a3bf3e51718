/**
 * Returns true if a pattern matches the whole name. `*` matches any number of characters, anywhere: `jobs.*`, `*_id`,
 * `shop.*.latency`, `*`. A pattern without `*` matches only itself. Takes linear time for each `*`.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const [start = '', ...rest] = pattern.split('*');
  const end = rest.pop();
  if (end === undefined) return name === pattern;
  if (name.length < start.length + end.length || !name.startsWith(start) || !name.endsWith(end)) return false;
  // The first occurrence of each middle part leaves the most room for the next one.
  let position = start.length;
  for (const part of rest) {
    const found = name.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return position <= name.length - end.length;
}

/** Returns true if one of the patterns matches the name, as by {@link matchesPattern}. */
export function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, name));
}
