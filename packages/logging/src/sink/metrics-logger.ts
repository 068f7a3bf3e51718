/** Loggers of winston, and others with the same methods. */
export interface WinstonLikeLogger {
  log(level: string, message: string, fields: object): unknown;
  isLevelEnabled(level: string): boolean;
}

/** Loggers of pino, and others with the same methods: one for each level, which takes the fields first. */
export interface PinoLikeLogger {
  isLevelEnabled(level: string): boolean;
  debug(fields: object, message: string): unknown;
}

/** The console, and others with the same methods: one for each level, and all levels are on. */
export interface ConsoleLikeLogger {
  debug(message: string, fields: object): unknown;
}

/** The loggers that lines can be written to. `debug` is the method with the name of the option `level`. */
export type MetricsLogger = WinstonLikeLogger | PinoLikeLogger | ConsoleLikeLogger;
