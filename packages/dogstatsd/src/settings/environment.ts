// Reads variables of the environment.
import { describeValue } from '@metrics/core/backend';

/** Variables of the environment by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns a variable without surrounding white space; undefined if it is not set or empty. */
export function readVariable(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined;
}

/** Returns the warning about a variable with an invalid value. */
export function ignored(name: string, expected: string, value: string): string {
  return `${name} must be ${expected}, not ${describeAddress(value)}, and is ignored.`;
}

/** Describes a value that may be a URL, without user and password. */
export function describeAddress(value: string): string {
  return describeValue(value.replace(/^([^@/]*:\/\/)?.*@/s, '$1***@'));
}
