/** Loggers of winston, and others with the same methods. */
export interface WinstonLikeLogger {
  /** Writes a line. Its level may be one that the logger defines. */
  log(level: string, message: string, fields: object): unknown;
  /** Returns false if lines of this level are discarded; they are then not built. */
  isLevelEnabled(level: string): boolean;
}

/** Loggers of pino, and others with the same methods: one for each level, which takes the fields first. */
export interface PinoLikeLogger {
  /** Returns false if lines of this level are discarded; they are then not built. */
  isLevelEnabled(level: string): boolean;
  /** Writes a line of the level `debug`. The option `level` selects another method. */
  debug(fields: object, message: string): unknown;
}

/** The console, and others with the same methods: one for each level, and all levels are on. */
export interface ConsoleLikeLogger {
  /** Writes a line of the level `debug`. The option `level` selects another method. */
  debug(message: string, fields: object): unknown;
}

/** The loggers that lines can be written to. `debug` is the method with the name of the option `level`. */
export type MetricsLogger = WinstonLikeLogger | PinoLikeLogger | ConsoleLikeLogger;
