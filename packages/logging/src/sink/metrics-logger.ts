/** Winston's loggers, and whatever is called like them. */
export interface WinstonLikeLogger {
  log(level: string, message: string, fields: object): unknown;
  isLevelEnabled(level: string): boolean;
}

/** Pino's loggers, and whatever is called like them: a method for each level that takes the fields first. */
export interface PinoLikeLogger {
  isLevelEnabled(level: string): boolean;
  debug(fields: object, message: string): unknown;
}

/** The console, and whatever is called like it: a method for each level, and all levels are on. */
export interface ConsoleLikeLogger {
  debug(message: string, fields: object): unknown;
}

export type MetricsLogger = WinstonLikeLogger | PinoLikeLogger | ConsoleLikeLogger;
