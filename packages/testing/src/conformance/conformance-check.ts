import type { BackendUnderTest } from './backend-under-test.js';
import { ConformanceRun, DEFAULT_TIMEOUT_MS } from './conformance-run.js';
import { blockingDeadline, watch } from './watchdog.js';

/** One rule of the backend contract. Bind it with any test framework: `test(check.name, () => check.run(backend))`. */
export interface ConformanceCheck {
  /** A sentence that states the rule. */
  readonly name: string;
  /**
   * Rejects with an AssertionError if the backend breaks the rule. Works without `this`, and while other checks run.
   */
  readonly run: (backend: BackendUnderTest) => Promise<void>;
}

/** Creates a check of a new, started backend. The backend is closed at the end, and its stats are checked once more. */
export function conformanceCheck(
  name: string,
  check: (run: ConformanceRun) => void | Promise<void>,
  { hostThrows = false }: { readonly hostThrows?: boolean } = {},
): ConformanceCheck {
  return {
    name,
    run: async (backend) => {
      const deadline = blockingDeadline(backend.timeout ?? DEFAULT_TIMEOUT_MS);
      let unwatch = watch({ name, backend: 'a backend', deadline });
      try {
        const run = await ConformanceRun.create(backend, name, hostThrows);
        unwatch();
        unwatch = watch({ name, backend: run.backend.constructor.name, deadline });
        try {
          await check(run);
          await run.close();
        } finally {
          await run.dispose();
        }
      } finally {
        unwatch();
      }
    },
  };
}
