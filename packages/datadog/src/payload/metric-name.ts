const MAX_NAME_LENGTH = 200;
/** The longest suffix that a series of a histogram gets. */
const LONGEST_SUFFIX = '.75percentile';

/**
 * Returns a name as Datadog stores it: ASCII letters, digits, `_` and `.`, starting with a letter, at most 200 characters, which
 * a histogram shares with the suffixes of its series.
 * Names that Datadog would make equal are thus one series before they are sent; otherwise one would overwrite the other.
 *
 * https://docs.datadoghq.com/metrics/custom_metrics/#naming-custom-metrics
 */
export function metricName(name: string, isHistogram = false): string {
  const maxLength = MAX_NAME_LENGTH - (isHistogram ? LONGEST_SUFFIX.length : 0);
  const clean = name.replace(/[^A-Za-z0-9_.]/g, '_');
  return (/^[A-Za-z]/.test(clean) ? clean : `m_${clean}`).slice(0, maxLength);
}
