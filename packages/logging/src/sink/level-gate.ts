import type { Logger } from 'winston';

/** What winston keeps of a stream; its own `transports` is made of it. Were it missing, winston would be asked each time. */
interface WinstonState {
  readonly _readableState?: { readonly pipes: { readonly level?: string } | readonly unknown[] | null };
}

/**
 * Whether a winston logger takes a level. Asking it costs as much as dozens of samples, so its answer is kept for as long
 * as all that it depends on is the same, which can be compared in no time where there is one transport.
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
    const { _readableState: state } = logger as unknown as WinstonState;
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
