// Reads from the handler that serves the page.
import type { ChartsResponse, KeysResponse, RangeResponse, SeriesResponse } from '../src/http/responses.js';

export function readKeys(): Promise<KeysResponse> {
  return read('keys', new URLSearchParams());
}

export function readSeries(key: string, signal: AbortSignal): Promise<SeriesResponse> {
  return read('series', new URLSearchParams({ key }), signal);
}

export function readRange(query: URLSearchParams, signal: AbortSignal): Promise<RangeResponse> {
  return read('range', query, signal);
}

export function readCharts(query: URLSearchParams, signal: AbortSignal): Promise<ChartsResponse> {
  return read('charts', query, signal);
}

/** Resolves with the JSON of a response. Rejects with an error whose message is meant for the user. */
async function read<Body>(name: string, query: URLSearchParams, signal?: AbortSignal): Promise<Body> {
  const response = await fetch(`${name}?${query}`, signal === undefined ? {} : { signal });
  if (response.ok) return response.json() as Promise<Body>;
  const { error } = (await response.json().catch(() => ({}))) as { error?: unknown };
  if (typeof error === 'string') throw new Error(error);
  throw new Error(`The server responded with status ${response.status} ${response.statusText}.`);
}
