// The request and the response of a scrape.

/** The response to one scrape. */
export interface Scrape {
  /** The header `Content-Type`: the text format, or OpenMetrics. */
  readonly contentType: string;
  /** The text in parts, made while they are read. */
  readonly body: AsyncIterable<string>;
}

export const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** True if a header `Accept` prefers OpenMetrics to plain text. */
export function prefersOpenMetrics(accept: unknown): boolean {
  const openMetrics = weightOf(accept, ['application/openmetrics-text']);
  return openMetrics > 0 && openMetrics >= weightOf(accept, ['text/plain', 'text/*', '*/*']);
}

/** True if a header `Accept-Encoding` allows gzip. */
export function acceptsGzip(acceptEncoding: unknown): boolean {
  return weightOf(acceptEncoding, ['gzip', 'x-gzip']) > 0;
}

/** Returns the greatest weight of the names in a header such as `Accept`, from 0 to 1. An invalid weight counts as 0. */
function weightOf(header: unknown, names: readonly string[]): number {
  if (typeof header !== 'string') return 0;
  let greatest = 0;
  for (const entry of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim());
    if (!names.includes(name)) continue;
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    if (/^[01](?:\.\d{0,3})?$/.test(weight)) greatest = Math.max(greatest, Math.min(Number(weight), 1));
  }
  return greatest;
}
