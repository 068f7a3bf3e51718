/**
 * Returns the parameters of a fuzz for `fc.assert`: a few runs with a fixed seed, so that a suite is the same each time.
 *
 * `METRICS_FUZZ_RUNS=100` makes it a hundred times longer, with another seed each time; `METRICS_FUZZ_SEED` fixes that. A
 * failure prints the seed and the smallest input.
 */
export function fuzzRuns(numRuns: number): { numRuns: number; seed: number; interruptAfterTimeLimit?: number } {
  const times = Number(process.env['METRICS_FUZZ_RUNS'] ?? 1);
  if (!(times > 0)) throw new RangeError('METRICS_FUZZ_RUNS is how many times longer a fuzz takes, such as 100.');
  const given = process.env['METRICS_FUZZ_SEED'];
  const seed = given === undefined ? (times === 1 ? 20_240_229 : Date.now() % 2 ** 31) : Number(given);
  return { numRuns: Math.ceil(numRuns * times), seed };
}

/** Milliseconds that a fuzz may take: those of a usual run, as many times as `METRICS_FUZZ_RUNS` says. */
export function fuzzTimeout(milliseconds = 60_000): number {
  return milliseconds * Math.max(1, Number(process.env['METRICS_FUZZ_RUNS'] ?? 1));
}
