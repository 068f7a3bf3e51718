// The exporters as they are outside of jest, whose modules cannot import dynamically.
import type module from 'node:module';
import { runInThisContext } from 'node:vm';
import type * as proto from '@opentelemetry/exporter-metrics-otlp-proto';
import type * as protoOf3 from 'otlp-exporter-3';

const { createRequire } = runInThisContext("process.getBuiltinModule('node:module')") as typeof module;
const load = createRequire(__filename);

type Exporter = typeof proto.OTLPMetricExporter;

export const OTLPMetricExporter: Exporter = exporterOf('proto');
/** The exporter of the 3.x line. */
export const OTLPMetricExporter3: typeof protoOf3.OTLPMetricExporter = (load('otlp-exporter-3') as typeof protoOf3)
  .OTLPMetricExporter;
export const OTLPJsonExporter: Exporter = exporterOf('http');
export const OTLPGrpcExporter: Exporter = exporterOf('grpc');

function exporterOf(protocol: string): Exporter {
  return (load(`@opentelemetry/exporter-metrics-otlp-${protocol}`) as typeof proto).OTLPMetricExporter;
}
