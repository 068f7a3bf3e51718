// OTLP over gRPC, into a server with the limit of 4 MB for a message that receivers have.
import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { encodeResponse, type ReceivedRequest, readRequest } from 'test-kit/otlp-messages';
import { OpenTelemetryBackend } from '../src/index.js';
import { OTLPGrpcExporter } from './real-exporter.js';
import { open } from './set-up.js';

const SERVICE: ServiceDefinition = {
  Export: {
    path: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
    responseDeserialize: (bytes: Buffer) => bytes,
  },
};

test('twenty thousand series arrive in parts below the limit of a message', async () => {
  const requests: ReceivedRequest[] = [];
  const server = new Server({ 'grpc.max_receive_message_length': 4 * 2 ** 20 });
  server.addService(SERVICE, {
    Export: ({ request }: { request: Uint8Array }, callback: (error: null, response: Uint8Array) => void) => {
      requests.push(readRequest(request));
      callback(null, encodeResponse());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const backend = new OpenTelemetryBackend({ exporter: new OTLPGrpcExporter({ url: `http://127.0.0.1:${port}` }) });
  for (let id = 0; id < 20_000; id += 1) {
    open(backend, id, 'counter', 'jobs', `${id} ${'long '.repeat(50)}`);
    backend.incr(id, 1);
  }
  await backend.close({ timeout: 30_000 });
  server.forceShutdown();
  expect(backend.stats()).toMatchObject({ accepted: 20_000, sent: 20_000, pending: 0 });
  expect(requests.flatMap(({ points }) => points)).toHaveLength(20_000);
});
