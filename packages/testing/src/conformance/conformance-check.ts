import type { BackendUnderTest } from './backend-under-test.js';
import { Trial } from './conformance-run.js';

/** One promise of the backend contract. Bind it with any test framework: `test(check.name, () => check.run(subject))`. */
export interface ConformanceCheck {
  /** A sentence that says what holds. */
  readonly name: string;
  /** Rejects with an AssertionError where the promise is broken. Works without `this`, and beside other runs. */
  readonly run: (subject: BackendUnderTest) => Promise<void>;
}

/** A check on a fresh, started backend, which is closed and audited once more at the end. */
export function conformanceCheck(
  name: string,
  examine: (trial: Trial) => void | Promise<void>,
  { hostThrows = false }: { readonly hostThrows?: boolean } = {},
): ConformanceCheck {
  return {
    name,
    run: async (subject) => {
      const trial = await Trial.create(subject, hostThrows);
      try {
        await examine(trial);
        await trial.close();
      } finally {
        await trial.dispose();
      }
    },
  };
}
