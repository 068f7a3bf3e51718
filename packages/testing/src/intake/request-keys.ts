import type { IncomingHttpHeaders } from 'node:http';

/** Headers with secrets, which are never recorded. */
const SECRET_HEADERS: ReadonlySet<string> = new Set(['dd-api-key', 'dd-application-key', 'authorization', 'cookie']);
const SECRET_PARAMETERS = ['api_key', 'application_key', 'dd-api-key', 'dd-application-key'] as const;

/** Compares the API key in the headers with the expected one. If that is undefined, any key is right. */
export function checkApiKey(headers: IncomingHttpHeaders, expected: string | undefined): 'right' | 'wrong' | 'missing' {
  const key = headers['dd-api-key'];
  if (key === undefined || key === '') return 'missing';
  const right = expected === undefined ? /^[^\s,]+$/.test(String(key)) : key === expected;
  return right ? 'right' : 'wrong';
}

/**
 * Returns a violation for each secret in the query, which servers and proxies log, and for secrets that are not needed.
 */
export function findMisplacedKeys(headers: IncomingHttpHeaders, query: URLSearchParams): string[] {
  const inQuery = SECRET_PARAMETERS.filter((name) => query.has(name)).map(
    (name) => `${name} is in the query, which servers log`,
  );
  return headers['dd-application-key'] === undefined
    ? inQuery
    : [...inQuery, 'DD-APPLICATION-KEY is not needed by this intake'];
}

/** Returns the headers without secrets. */
export function removeKeys(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !SECRET_HEADERS.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
