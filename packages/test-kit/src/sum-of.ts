/** Returns the sum of the values that StatsD lines carry under a name. */
export function sumOf(lines: readonly string[], name: string): number {
  const values = lines.filter((line) => line.startsWith(`${name}:`)).map((line) => /:([^|]+)/.exec(line)![1]);
  return values.reduce((sum, value) => sum + Number(value), 0);
}
