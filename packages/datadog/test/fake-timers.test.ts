import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RecordingIntake } from '@metrics/testing/servers';
import { closeUnderFakeTimers } from 'test-kit/close-under-fake-timers';
import { DatadogMetricsBackend } from '../src/index.js';

const apiKey = '0123456789';

it('under fake timers, flush and close resolve', async () => {
  await using intake = await RecordingIntake.start({ tls: false });
  const { url: baseUrl } = intake;
  const stats = await closeUnderFakeTimers(() => new DatadogMetricsBackend({ apiKey, baseUrl }));
  expect(stats).toEqual(expect.objectContaining({ accepted: 20_001, sent: 20_001, dropped: {}, pending: 0 }));
});

it('under fake timers, flush and close resolve without an intake', async () => {
  const stats = await closeUnderFakeTimers(() => new DatadogMetricsBackend({ apiKey, baseUrl: 'http://127.0.0.1:1' }));
  expect(stats).toMatchObject({ accepted: 20_001, sent: 0, dropped: { timeout: 20_001 }, pending: 0 });
});

it.each<[string, RequestListener]>([
  ['never responds', () => {}],
  ['is down', (_request, response) => void response.writeHead(503).end()],
  ['never ends its response', (_request, response) => void response.writeHead(503).write('{')],
])('under fake timers, flush and close resolve with an intake that %s', async (_name, respond) => {
  const server = createServer(respond).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const stats = await closeUnderFakeTimers(() => new DatadogMetricsBackend({ apiKey, baseUrl }));
    expect(stats).toMatchObject({ accepted: 20_001, sent: 0, dropped: { timeout: 20_001 }, pending: 0 });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
