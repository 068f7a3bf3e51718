// The receivers that the blocks of the migration pages send to: a StatsD server, Datadog's intake and an OTLP endpoint. Everything
// that they get becomes lines that can be compared.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { RecordingIntake } from '../../packages/testing/dist/servers.js';

// datadog-metrics sends to the host `api.<site>`, and not every system resolves names below localhost.
const resolver = `import dns from 'node:dns';
const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name === 'api.localhost' ? '127.0.0.1' : name, ...rest);`;

/**
 * Starts receivers for one block. `stop` resolves with the lines.
 * @param {string} folder for the certificate
 */
export async function startReceivers(folder) {
  const agent = createSocket('udp4').bind(0, '127.0.0.1');
  await once(agent, 'listening');
  /** @type {string[]} */
  const lines = [];
  let packets = 0;
  agent.on('message', (packet) => {
    packets += 1;
    for (const line of packet.toString().split('\n')) if (line !== '' && !isAboutClient(line)) lines.push(line);
  });

  const intake = await RecordingIntake.start();
  intake.script([], { afterwards: 202 });
  const certificate = path.join(mkdtempSync(path.join(folder, 'intake-')), 'ca.pem');
  writeFileSync(certificate, intake.ca);

  const collector = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      lines.push(...otlpLines(JSON.parse(body)));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const address = collector.address();
  if (address === null || typeof address === 'string') throw new Error('the collector has no port');

  return {
    flags: ['--import', `data:text/javascript,${encodeURIComponent(resolver)}`],
    env: {
      DD_AGENT_HOST: '127.0.0.1',
      DD_DOGSTATSD_PORT: String(agent.address().port),
      // The id of a container would be on every line.
      DD_ORIGIN_DETECTION_ENABLED: 'false',
      DD_API_KEY: 'b9f1e3a75c2d4860b9f1e3a75c2d4860',
      DATADOG_SITE: `localhost:${new URL(intake.url).port}`,
      INTAKE_URL: intake.url,
      NODE_EXTRA_CA_CERTS: certificate,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${address.port}`,
    },
    async stop() {
      // The kernel has all datagrams when their sender has ended, and hands over a few in each turn.
      for (let seen = -1; seen !== packets; ) {
        seen = packets;
        for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
      agent.close();
      collector.close();
      lines.push(...intakeLines(intake));
      await intake.stop();
      return lines;
    },
  };
}

/**
 * True for the counts of a client about itself.
 * @param {string} line
 */
function isAboutClient(line) {
  return line.startsWith('datadog.dogstatsd.client.');
}

/**
 * Reads the bodies of all requests: the intake stores only those without a violation, of which datadog-metrics has some.
 * @param {RecordingIntake} intake
 */
function intakeLines(intake) {
  /** @param {readonly string[]} tags */
  const tail = (tags = []) => (tags.length === 0 ? '' : ` #${[...tags].sort().join(',')}`);
  const types = new Map([
    [1, 'count'],
    [3, 'gauge'],
  ]);
  return intake.requests.flatMap(({ path: endpoint, body = '{}' }) => {
    const { title, text, tags, series = [] } = JSON.parse(body);
    if (title !== undefined) return [`event ${title}: ${text}${tail(tags)}`];
    return series.flatMap((/** @type {any} */ each) => {
      const type = endpoint.includes('distribution') ? 'distribution' : (types.get(each.type) ?? each.type);
      // `[seconds, value]` or `[seconds, [value, …]]`, and objects in version 2.
      const values = each.points.map((/** @type {any} */ point) => point.value ?? [point[1]].flat().join(' '));
      return `${type} ${each.metric} ${values.join(' ')}${tail(each.tags)}`;
    });
  });
}

/**
 * @param {any} body an ExportMetricsServiceRequest
 * @returns {string[]}
 */
function otlpLines(body) {
  /** @type {any[]} */
  const scopes = body.resourceMetrics.flatMap((/** @type {any} */ resource) => resource.scopeMetrics);
  return scopes
    .flatMap(({ metrics }) => metrics)
    .flatMap((metric) => {
      const kind = ['sum', 'gauge', 'histogram'].find((each) => metric[each] !== undefined) ?? 'unknown kind';
      const { dataPoints = [], isMonotonic = true } = metric[kind] ?? {};
      return dataPoints.map((/** @type {any} */ point) => {
        const name = [isMonotonic ? kind : 'up-down sum', metric.name, metric.unit].filter(Boolean).join(' ');
        const attributes = point.attributes.map(
          (/** @type {any} */ { key, value }) => `${key}=${JSON.stringify(readAttribute(value))}`,
        );
        return `${name} {${attributes.sort().join(',')}} ${otlpValue(point)}`;
      });
    });
}

/**
 * @param {any} value `{ stringValue: 'a' }`
 * @returns {unknown}
 */
function readAttribute({ arrayValue, ...scalar }) {
  return arrayValue === undefined ? Object.values(scalar)[0] : arrayValue.values.map(readAttribute);
}

/**
 * A number, or a histogram as its count, its sum and its buckets that are not empty.
 * @param {any} point
 */
function otlpValue({ asInt, asDouble, count, sum, explicitBounds = [], bucketCounts = [] }) {
  if (count === undefined) return asDouble ?? asInt;
  /** @type {string[]} */
  const buckets = [];
  for (const [index, number] of bucketCounts.entries())
    if (number > 0) buckets.push(`≤${explicitBounds[index] ?? 'Inf'}:${number}`);
  return `count ${count} sum ${Number(sum.toPrecision(12))} ${buckets.join(' ')}`;
}
