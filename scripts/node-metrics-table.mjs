// The tables of the metrics of @metrics/node in its guide, from what each version of Node.js records.
import { checkBlock } from './generated-block.mjs';

/** @typedef {{ key: string, kind: string, unit: string | null, tags: Record<string, string[]> }} RecordedMetric */

/**
 * Names of the same metric elsewhere: in the semantic conventions of OpenTelemetry, in the defaults of prom-client 15, in dd-trace 5.
 * The order is that of the table.
 * @type {Record<string, readonly [openTelemetry: string, promClient: string, ddTrace: string]>}
 */
const NAMES = {
  'http.server.request.duration': ['same, `s`', '(express-prom-bundle: `http_request_duration_seconds`)', '`trace.*`'],
  'http.server.request.duration (HTTP/2)': ['same, `s`', '', '`trace.*`'],
  'http.server.active_requests': ['same', '', ''],
  'http.client.request.duration': ['same, `s`', '', '`trace.*`'],
  'http.client.active_requests': ['same', '', ''],
  'nodejs.eventloop.delay': [
    '`nodejs.eventloop.delay.*`, `s`',
    '`nodejs_eventloop_lag_*_seconds`',
    '`runtime.node.event_loop.delay.*`, ns',
  ],
  'nodejs.eventloop.time': ['same, `s`', '', ''],
  'nodejs.eventloop.utilization': ['same', '', '`runtime.node.event_loop.utilization`'],
  'v8js.gc.duration': ['same, `s`', '`nodejs_gc_duration_seconds`', '`runtime.node.gc.pause`'],
  'v8js.memory.heap': [
    '`v8js.memory.heap.*`',
    '`nodejs_heap_size_*_bytes`, `nodejs_external_memory_bytes`',
    '`runtime.node.mem.*`, `runtime.node.heap.*`',
  ],
  'v8js.resource.active': ['same', '`nodejs_active_resources`', ''],
  'process.memory.usage': ['same', '`process_resident_memory_bytes`', '`runtime.node.mem.rss`'],
  'process.cpu.time': ['same, `s`', '`process_cpu_*_seconds_total`', '`runtime.node.cpu.*`'],
  'process.unix.file_descriptor.count': ['same', '`process_open_fds`', ''],
  'process.uptime': ['same', '`process_start_time_seconds`', '`runtime.node.process.uptime`'],
  'nodejs.workers': ['', '', ''],
  'metrics.accepted': ['', '', ''],
  'metrics.sent': ['', '', ''],
  'metrics.sampled_out': ['', '', ''],
  'metrics.dropped': ['', '', ''],
  'metrics.pending': ['', '', ''],
  'metrics.series': ['', '', ''],
};

const UNITS = /** @type {Record<string, string>} */ ({ millisecond: 'ms', second: 's', byte: 'byte' });
/** Tags with few values that this package chooses. Those of `type` depend on the machine. */
const LISTED_TAGS = ['mode', 'stat', 'state'];
/** Only Linux has it, so it may be missing where this runs. */
const LINUX_ONLY = 'process.unix.file_descriptor.count';

/**
 * Writes the tables or compares them with the document.
 *
 * @param {ReadonlyMap<string, readonly RecordedMetric[]>} recorded by version of Node.js, from old to new
 */
export function checkTable(recorded) {
  const versions = [...recorded.keys()];
  /** @type {Map<string, { metric: RecordedMetric, versions: string[] }>} */
  const found = new Map();
  for (const [version, metrics] of recorded)
    for (const metric of metrics) {
      const known = found.get(metric.key);
      if (known === undefined) found.set(metric.key, { metric, versions: [version] });
      else known.versions.push(version);
    }
  for (const key of found.keys())
    if (!(key in NAMES)) throw new Error(`Add the names of ${key} elsewhere to this script.`);
  const rows = Object.entries(NAMES).map(([key, names]) => {
    const row = found.get(key);
    if (row === undefined) throw new Error(`No version of Node.js recorded ${key}.`);
    const kind = formatKind(row.metric) + (key === LINUX_ONLY ? ', on Linux' : '');
    const since = formatVersions(row.versions, versions);
    return {
      cells: [formatKey(key) + since, kind, formatTags(row.metric.tags)],
      elsewhere: [formatKey(key), ...names],
    };
  });
  const known = rows.filter(({ elsewhere: [, ...names] }) => names.some((name) => name !== ''));
  checkBlock(
    'docs/guide/node.md',
    'metrics',
    formatTable(
      ['metric', 'kind, unit', 'tags'],
      rows.map(({ cells }) => cells),
    ),
    'node scripts/check-node-metrics.mjs --update',
  );
  checkBlock(
    'docs/guide/node.md',
    'names',
    formatTable(
      ['metric', 'OpenTelemetry', 'prom-client', 'dd-trace'],
      known.map(({ elsewhere }) => elsewhere),
    ),
    'node scripts/check-node-metrics.mjs --update',
  );
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function formatTable(head, rows) {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n').replaceAll('|  |', '| |').replaceAll('|  |', '| |');
}

/** @param {string} key */
function formatKey(key) {
  const [name, via] = key.split(' (');
  return via === undefined ? `\`${name}\`` : `\`${name}\` over ${via.slice(0, -1)}`;
}

/** @param {RecordedMetric} metric */
function formatKind({ key, kind, unit }) {
  if (key === 'nodejs.eventloop.utilization') return `${kind}, 0 to 1`;
  const name = kind === 'timing' ? 'ms' : unit === null ? undefined : UNITS[unit];
  return name === undefined ? kind : `${kind}, ${name}`;
}

/** @param {Record<string, string[]>} tags */
function formatTags(tags) {
  const formatted = Object.entries(tags).map(([tag, values]) =>
    LISTED_TAGS.includes(tag) ? `\`${tag}\`: ${values.map((value) => `\`${value}\``).join(', ')}` : `\`${tag}\``,
  );
  return formatted.join('; ');
}

/**
 * @param {readonly string[]} having
 * @param {readonly string[]} all
 */
function formatVersions(having, all) {
  const [first = ''] = having;
  if (having.length === all.length) return '';
  return having.length === all.length - all.indexOf(first)
    ? `, Node.js ${first} and later`
    : `, Node.js ${having.join(', ')}`;
}
