import { type Command, commands } from './facade-commands.js';
import { FacadeRun } from './facade-run.js';
import { waitUntil } from './wait-until.js';

interface Stats {
  readonly accepted: number;
  readonly sent: number;
  readonly pending: number;
  readonly sampledOut: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** A backend with its peer. */
export interface Fixture {
  readonly backend: object;
  /** Without it, only the accounting is compared. */
  readonly delivered?: (() => Delivered | Promise<Delivered>) | undefined;
  readonly dispose?: (() => void | Promise<void>) | undefined;
}

interface Delivered {
  readonly samples: readonly {
    readonly kind: string;
    readonly value?: number | undefined;
    readonly sampleRate?: number | undefined;
  }[];
}

/** Steps for backends with a server: they cannot be restored, and sums of whole numbers are exact in any order. */
export const backendCommands = commands.map((all) => all.map(withSmallValues));

function withSmallValues(command: Command): Command {
  if (command.do === 'register') return { ...command, live: true };
  if (!('value' in command) || typeof command.value !== 'number' || !Number.isFinite(command.value)) return command;
  return { ...command, value: Math.trunc(command.value % 1000) + 0 };
}

/**
 * Runs the steps on a facade with real backends and on the model. Each sample that was made is accounted for at each step,
 * nothing is pending after the end, and counters arrive with the sums that the model has.
 */
export async function runOnBackends(
  steps: readonly Command[],
  createMetrics: () => unknown,
  create: () => Fixture | Promise<Fixture>,
): Promise<void> {
  const fixtures = new Map<object, Fixture>();
  const lost = ({ dropped }: { readonly dropped: Readonly<Record<string, number>> }): number =>
    Object.values(dropped).reduce((sum, count) => sum + count, 0);
  const run = new FacadeRun<object>({
    createMetrics,
    createBackend: async () => {
      const fixture = await create();
      fixtures.set(fixture.backend, fixture);
      return fixture.backend;
    },
    check: ({ metrics, model }) => {
      const stats = metrics.stats() as Stats & { readonly discarded: number; readonly backend: Stats };
      const { backend } = stats;
      const found = stats.discarded + lost(stats) + stats.sampledOut + backend.accepted + backend.sampledOut;
      if (found !== model.made) throw new Error(`${model.made} samples were made: ${JSON.stringify(stats)}`);
      if (backend.accepted !== backend.sent + lost(backend) + backend.pending)
        throw new Error(`Not accounted for: ${JSON.stringify(backend)}`);
    },
  });
  try {
    await run.run(steps);
    const { backend } = run.metrics.stats() as { backend: Stats };
    if (backend.pending !== 0) throw new Error(`Pending after the end: ${JSON.stringify(backend)}`);
    for (const { backend: each, expected } of run.registered) {
      const { delivered } = fixtures.get(each)!;
      if (delivered === undefined) continue;
      const sum = expected.received
        .filter(({ kind }) => kind === 'counter')
        .reduce((total, { value }) => total + (value as number), 0);
      const read = async (): Promise<number> => {
        const { samples } = await delivered();
        const amounts = samples.filter(({ kind }) => kind === 'counter');
        return amounts.reduce((total, { value = 0, sampleRate = 1 }) => total + Math.round(value / sampleRate), 0);
      };
      await waitUntil(
        async () => (await read()) === sum,
        async () => ({ sum, read: await read(), steps }),
      );
    }
  } finally {
    await run.metrics.close({ timeout: 100 });
    for (const { dispose } of fixtures.values()) await dispose?.();
  }
}
