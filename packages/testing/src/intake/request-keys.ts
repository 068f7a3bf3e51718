import type { IncomingHttpHeaders } from 'node:http';

/** Headers that hold secrets: never recorded. */
const SECRET_HEADERS: ReadonlySet<string> = new Set(['dd-api-key', 'dd-application-key', 'authorization', 'cookie']);
const SECRET_PARAMETERS = ['api_key', 'application_key', 'dd-api-key', 'dd-application-key'] as const;

/** `expected` left out takes any key. */
export function stateOfKey(headers: IncomingHttpHeaders, expected: string | undefined): 'right' | 'wrong' | 'missing' {
  const key = headers['dd-api-key'];
  if (key === undefined || key === '') return 'missing';
  const right = expected === undefined ? /^[^\s,]+$/.test(String(key)) : key === expected;
  return right ? 'right' : 'wrong';
}

/** Secrets where they are not needed, or where servers and proxies write them into their logs. */
export function misplacedKeys(headers: IncomingHttpHeaders, query: URLSearchParams): string[] {
  const inQuery = SECRET_PARAMETERS.filter((name) => query.has(name)).map(
    (name) => `${name} is in the query, where logs keep it`,
  );
  return headers['dd-application-key'] === undefined
    ? inQuery
    : [...inQuery, 'DD-APPLICATION-KEY is needed by nothing here'];
}

export function withoutKeys(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !SECRET_HEADERS.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
