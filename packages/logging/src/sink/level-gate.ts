import type { Logger } from 'winston';

/** winston's internal state of the logger's stream, from which its `transports` are derived. */
interface StreamState {
  readonly _readableState?: { readonly pipes: { readonly level?: string } | readonly unknown[] | null };
}

/**
 * Decides whether a winston logger accepts a level. `isLevelEnabled` costs as much as dozens of samples, so its result is
 * reused while everything it depends on is unchanged. For loggers with several transports, or if winston's internal state is
 * not as expected, it is called each time.
 */
export class LevelGate {
  readonly #level: string;
  #open = false;
  #loggerLevel: string | undefined;
  #levels: Logger['levels'] | undefined;
  #transportLevel: string | undefined;

  constructor(level: string) {
    this.#level = level;
  }

  isOpen(logger: Logger): boolean {
    if (logger.silent) return false;
    const { _readableState: state } = logger as unknown as StreamState;
    const pipes = state?.pipes;
    if (pipes === undefined || Array.isArray(pipes)) return logger.isLevelEnabled(this.#level);
    const transportLevel = (pipes as { readonly level?: string } | null)?.level;
    if (
      logger.level !== this.#loggerLevel ||
      transportLevel !== this.#transportLevel ||
      logger.levels !== this.#levels
    ) {
      this.#loggerLevel = logger.level;
      this.#transportLevel = transportLevel;
      this.#levels = logger.levels;
      this.#open = logger.isLevelEnabled(this.#level);
    }
    return this.#open;
  }
}
