// @ts-check

/** Milliseconds on the clock that all processes of the machine share and that is never set. */
export function uptime() {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
