const LONGEST = 200;

/**
 * A name as Datadog keeps it: ASCII letters, digits, `_` and `.`, the first a letter, at most 200. Written so here, names
 * that Datadog would make equal are one series already, instead of two of which it keeps one.
 *
 * https://docs.datadoghq.com/metrics/custom_metrics/#naming-custom-metrics
 */
export function metricName(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9_.]/g, '_');
  return (/^[A-Za-z]/.test(clean) ? clean : `m_${clean}`).slice(0, LONGEST);
}
