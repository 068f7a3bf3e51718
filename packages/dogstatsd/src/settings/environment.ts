// Reads variables of the environment.

/** Variables of the environment by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns a variable without surrounding white space; undefined if it is not set or empty. */
export function readVariable(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined;
}
