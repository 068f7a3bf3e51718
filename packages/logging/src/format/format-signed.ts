/** Returns a number in its shortest exact form, always with a sign. */
export function formatSigned(value: number): string {
  return value < 0 ? `${value}` : `+${value}`;
}
