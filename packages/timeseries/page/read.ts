import type { KeysAnswer, RangeAnswer, SeriesAnswer } from '../src/http/responses.js';

export function readKeys(): Promise<KeysAnswer> {
  return read('keys', new URLSearchParams());
}

export function readSeries(key: string, signal: AbortSignal): Promise<SeriesAnswer> {
  return read('series', new URLSearchParams({ key }), signal);
}

export function readRange(query: URLSearchParams, signal: AbortSignal): Promise<RangeAnswer> {
  return read('range', query, signal);
}

/** Rejects with a message for people. */
async function read<Answer>(name: string, query: URLSearchParams, signal?: AbortSignal): Promise<Answer> {
  const response = await fetch(`${name}?${query}`, signal === undefined ? {} : { signal });
  if (response.ok) return response.json() as Promise<Answer>;
  const { error } = (await response.json().catch(() => ({}))) as { error?: unknown };
  if (typeof error === 'string') throw new Error(error);
  throw new Error(`The server answered with status ${response.status} ${response.statusText}.`);
}
