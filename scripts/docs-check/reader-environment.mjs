/**
 * Returns the variables of this process without the settings of the person who runs it, which must not change what a document
 * shows.
 *
 * @returns {Record<string, string | undefined>}
 */
export function readerEnvironment() {
  const isSetting = /^(?:METRICS|DD|DATADOG|OTEL)_|_PROXY$|^(?:NODE_OPTIONS|FORCE_COLOR)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting.test(name)));
}
