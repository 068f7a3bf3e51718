// The exporter of a backend that is created by name: the application installs it, so it is looked up there.
import { applicationFiles, describeValue, loadInstalled, readVariable } from '@metrics/core/backend';
import type { MetricExporter } from './metric-types.js';

const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['http/protobuf', '@opentelemetry/exporter-metrics-otlp-proto'],
  ['http/json', '@opentelemetry/exporter-metrics-otlp-http'],
  ['grpc', '@opentelemetry/exporter-metrics-otlp-grpc'],
]);

/**
 * Returns an OTLP exporter for the protocol that the environment names. It reads its address and headers there itself.
 *
 * @throws {Error} if its package is not installed, naming it.
 */
export function loadExporter(): MetricExporter {
  const variable = ['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'].find(
    (name) => readVariable(name) !== undefined,
  );
  const protocol = (variable && readVariable(variable)) ?? 'http/protobuf';
  const name = PACKAGES.get(protocol);
  if (name === undefined)
    throw new Error(`${variable} must be one of ${[...PACKAGES.keys()].join(', ')}, not ${describeValue(protocol)}.`);
  const loaded = loadInstalled(name, applicationFiles()) as
    | { OTLPMetricExporter: new () => MetricExporter }
    | undefined;
  if (loaded === undefined)
    throw new Error(
      `The exporter for ${protocol} is not installed. Run "npm install ${name}", or pass \`exporter\` to OpenTelemetryBackend.`,
    );
  return new loaded.OTLPMetricExporter();
}
