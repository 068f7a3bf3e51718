/** A number in its shortest form, always with a sign. */
export function signed(value: number): string {
  return value < 0 ? `${value}` : `+${value}`;
}
