import type { Observed } from '../observed.js';

/**
 * Sends requests such as `GET /users/1`, one after the other and three times each, and resolves with the number of samples by
 * `GET 200 /users/:id`; the route of a request without one is `-`.
 */
export async function countRequests(
  observed: Observed,
  url: string,
  requests: readonly string[],
): Promise<Record<string, number>> {
  for (const request of requests) {
    const [method = '', path = ''] = request.split(' ');
    for (let count = 0; count < 3; count += 1) {
      const body = method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {};
      await (await fetch(url + path, { method, redirect: 'manual', ...body })).text();
    }
  }
  await observed.ended('server', requests.length * 3);
  return countSamples(observed);
}

export function countSamples(observed: Observed): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { method, status, error, route = '-' } of observed.requests('server')) {
    const name = `${method} ${error ?? status} ${route}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
