import { createServer } from 'node:http';
import express from 'express';
// @ts-expect-error: the package has no types; the parts used here are as in Express 5.
import untyped from 'express-4';
import Fastify from 'fastify';
import { type TimeSeriesHandler, timeSeriesHandler } from '../../src/handler.js';
import { createTestBackend, NOON } from '../create-test-backend.js';
import { type RunningServer, serve } from './serve.js';

const express4: typeof express = untyped;

/** Ways to mount the handler, each with its path. */
const mounts: readonly [
  name: string,
  path: string,
  mount: (handler: (path?: string) => TimeSeriesHandler) => Promise<RunningServer>,
][] = [
  ['node:http', '', (handler) => serve(handler())],
  ['node:http below a path', '/internal/metrics', (handler) => serve(handler('/internal/metrics/'))],
  ['Express 5', '', (handler) => serve(createServer(express().use(handler())))],
  [
    'Express 5 below a path',
    '/internal/metrics',
    (handler) => serve(createServer(express().use('/internal/metrics', handler()))),
  ],
  [
    'a router of Express 5',
    '/a/b',
    (handler) => serve(createServer(express().use('/a', express.Router().use('/b', handler())))),
  ],
  [
    'Express 4 below a path',
    '/internal/metrics',
    (handler) => serve(createServer(express4().use('/internal/metrics', handler()))),
  ],
  [
    'Fastify below a path',
    '/internal/metrics',
    async (handler) => {
      const application = Fastify();
      const handle = handler('/internal/metrics');
      for (const path of ['/internal/metrics', '/internal/metrics/*'])
        application.all(path, (request, reply) => {
          reply.hijack();
          handle(request.raw, reply.raw);
        });
      const origin = await application.listen({ host: '127.0.0.1', port: 0 });
      return { origin, close: () => application.close() };
    },
  ],
];

describe.each(mounts)('%s', (_, path, mount) => {
  let at: string;
  let server: RunningServer;
  beforeAll(async () => {
    const { backend, open } = createTestBackend();
    backend.incr(open('counter', 'jobs.failed', { task: 'a b' }), 3);
    server = await mount((mountPath) => timeSeriesHandler(backend, { path: mountPath }));
    at = server.origin + path;
  });
  afterAll(() => server.close());

  test('serves the page and its files, with names relative to the path', async () => {
    const page = await fetch(`${at}/`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const names = Array.from((await page.text()).matchAll(/(?:href|src)="([^":]+)"/g), ([, name]) => name!);
    expect(names).toEqual(['page.css', 'page.js']);
    const files = await Promise.all(names.map((name) => fetch(new URL(name, page.url))));
    expect(files.map(({ status, headers }) => [status, headers.get('content-type')])).toEqual([
      [200, 'text/css; charset=utf-8'],
      [200, 'text/javascript; charset=utf-8'],
    ]);
  });

  test('redirects to the path with a slash, which the names of the page are relative to', async () => {
    const page = await fetch(at || `${server.origin}/`);
    expect([page.status, page.url]).toEqual([200, `${at}/`]);
  });

  test('responds to a read', async () => {
    const range = await fetch(`${at}/range?key=jobs.failed&start=${NOON - 10}&tag.task=a+b`);
    expect(await range.json()).toEqual({
      key: 'jobs.failed',
      kind: 'counter',
      unit: null,
      groups: [
        {
          tagValue: null,
          points: [
            [NOON - 10, 0],
            [NOON, 3],
          ],
        },
      ],
      omittedGroups: 0,
    });
  });

  test('rejects writes', async () => {
    const response = await fetch(`${at}/keys`, { method: 'POST', body: 'x' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await response.json()).toHaveProperty('error');
  });

  test('responds to HEAD without a body', async () => {
    const response = await fetch(`${at}/keys`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '42', '']);
  });

  test('responds with 404 to other paths', async () => {
    for (const other of ['/keys/', '/constructor', '/index.html', '/%6beys', '/../keys%2f'])
      expect((await fetch(at + other)).status).toBe(404);
  });
});

test('other paths go to the next handler, whatever the method', async () => {
  const { backend } = createTestBackend();
  const application = express().use(timeSeriesHandler(backend));
  application.post('/login', (_, response) => void response.send('welcome'));
  const { origin, close } = await serve(createServer(application));
  expect(await (await fetch(`${origin}/login`, { method: 'POST' })).text()).toBe('welcome');
  await close();
});

test('an error of the next handler is passed through', () => {
  const handler = timeSeriesHandler(createTestBackend().backend);
  const next = () => {
    throw new Error('of the application');
  };
  expect(() => handler({ url: '/other', method: 'GET' }, {} as never, next)).toThrow('of the application');
});
