// @ts-check

/**
 * Runs contenders in turn, round after round, so that all of them meet the same moments of a busy machine, and prints the
 * median of each with its ratio to the first. Times are CPU time of the process, garbage collection included. Absolute
 * nanoseconds of a shared machine mean little; ratios of one run do.
 *
 * @param {string} title
 * @param {Record<string, [run: (index: number) => void, calls: number]>} contenders with how many calls a round makes
 * @param {number} [rounds]
 */
export async function interleaved(title, contenders, rounds = 60) {
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -5; round < rounds; round += 1) {
    for (const [name, [run, calls]] of Object.entries(contenders)) {
      const began = process.cpuUsage();
      for (let index = 0; index < calls; index += 1) run(index);
      const { user, system } = process.cpuUsage(began);
      if (round >= 0) times[name]?.push(((user + system) * 1000) / calls);
    }
    // What a contender left to be done is done here, and on nobody's time.
    await new Promise((resolve) => setImmediate(resolve));
  }
  console.log(`${title} (Node.js ${process.version}, ${rounds} rounds)`);
  const [first] = Object.keys(contenders);
  const base = median(times[first ?? ''] ?? []);
  for (const [name, samples] of Object.entries(times)) {
    const time = median(samples);
    console.log(`  ${name.padEnd(36)}${time.toFixed(1).padStart(10)} ns  ${(time / base).toFixed(4).padStart(9)}`);
  }
  console.log();
}

/** @param {number[]} samples */
function median(samples) {
  return [...samples].sort((one, other) => one - other)[samples.length >> 1] ?? Number.NaN;
}
