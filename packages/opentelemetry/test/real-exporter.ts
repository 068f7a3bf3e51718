// The exporters as they are outside of jest, whose modules cannot import dynamically.
import type module from 'node:module';
import { runInThisContext } from 'node:vm';
import type * as proto from '@opentelemetry/exporter-metrics-otlp-proto';

const { createRequire } = runInThisContext("process.getBuiltinModule('node:module')") as typeof module;
const load = createRequire(__filename);

type Exporter = typeof proto.OTLPMetricExporter;

export const OTLPMetricExporter: Exporter = exporterOf('proto');
export const OTLPJsonExporter: Exporter = exporterOf('http');
export const OTLPGrpcExporter: Exporter = exporterOf('grpc');

function exporterOf(protocol: string): Exporter {
  return (load(`@opentelemetry/exporter-metrics-otlp-${protocol}`) as typeof proto).OTLPMetricExporter;
}
