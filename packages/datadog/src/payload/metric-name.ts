const MAX_NAME_LENGTH = 200;

/**
 * Returns a name as Datadog stores it: ASCII letters, digits, `_` and `.`, starting with a letter, at most 200 characters.
 * Names that Datadog would make equal are thus one series before they are sent; otherwise one would overwrite the other.
 *
 * https://docs.datadoghq.com/metrics/custom_metrics/#naming-custom-metrics
 */
export function metricName(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9_.]/g, '_');
  return (/^[A-Za-z]/.test(clean) ? clean : `m_${clean}`).slice(0, MAX_NAME_LENGTH);
}
