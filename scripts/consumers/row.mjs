import { publishedPackages } from '../workspace.mjs';

/**
 * Fails, by throwing, if a package does not work in this environment.
 *
 * @typedef {(workplace: import('./workplace.mjs').Workplace) => Promise<unknown>} Check
 */

/**
 * A row of a table in docs/reference/compatibility.md.
 *
 * @typedef {object} Row
 * @property {string} group the table
 * @property {string} name the environment: a program and its version. Unique in its table.
 * @property {string | undefined} ci the column that runs in CI, or `each` for those that take no time; `--all` runs every one
 * @property {Readonly<Record<string, Check | string>>} cells by column: the check of a package, or the reason why it has none
 */

/**
 * @param {Row} row
 * @param {string} column
 */
export function runsInCi({ ci }, column) {
  return ci === 'each' || ci === column;
}

/** The packages, without their scope: the columns of the tables. */
export const columns = publishedPackages.map(({ manifest }) => manifest.name.replace('@metrics/', ''));

/** The classes of backends, by package. They need Node.js. */
export const backendClasses = {
  statsd: 'StatsdMetricsBackend',
  dogstatsd: 'DogStatsdMetricsBackend',
  datadog: 'DatadogMetricsBackend',
  logging: 'LoggingBackend',
  timeseries: 'TimeSeriesBackend',
  prometheus: 'PrometheusBackend',
  opentelemetry: 'OpenTelemetryBackend',
};

/** The packages that send or keep samples. */
export const backends = Object.keys(backendClasses);

/**
 * Returns the cells of a row that checks several packages in the same way.
 *
 * @param {readonly string[]} checked columns
 * @param {(column: string) => Check} check
 * @returns {Record<string, Check>}
 */
export function checkEach(checked, check) {
  return Object.fromEntries(checked.map((column) => [column, check(column)]));
}

/**
 * Returns the cells of a row that checks one package only.
 *
 * @param {string} checked column
 * @param {Check} check
 * @param {string} reason why the others have none
 * @returns {Record<string, Check | string>}
 */
export function onlyIn(checked, check, reason) {
  return { ...Object.fromEntries(columns.map((column) => [column, reason])), [checked]: check };
}
