import type { Installation } from '@metrics/node';
import { fastifyRoutes } from '@metrics/node/fastify';
import Fastify from 'fastify';
import { requestText, sendRaw } from '../listening.js';
import { Observed } from '../observed.js';
import { countRequests, countSamples } from './counted.js';

let routes: Installation | undefined;

afterEach(() => routes?.dispose());
afterEach(Observed.disposeAll);

test('Fastify: routes are templates, also of plugins, hooks, validation, errors and 404', async () => {
  const observed = new Observed({ client: false });
  routes = fastifyRoutes();
  const application = Fastify({ forceCloseConnections: true });
  let hanging = (): void => {};
  const isHanging = new Promise<void>((resolve) => (hanging = resolve));
  application.get('/users/:id', async () => 'ok');
  application.get('/boom/:id', async () => {
    throw new Error('boom');
  });
  application.get('/hang/:id', () => {
    hanging();
    return new Promise(() => {});
  });
  await application.register(
    async (plugin) => {
      plugin.addHook('preHandler', async (request, reply) => {
        if (request.url.endsWith('/7')) await reply.code(403).send('no');
      });
      plugin.get('/items/:item', async () => 'ok');
      plugin.post('/items', { schema: { body: { type: 'object', required: ['name'] } } }, async () => 'ok');
    },
    { prefix: '/api' },
  );
  const url = await application.listen({ host: '127.0.0.1', port: 0 });
  const counts = await countRequests(observed, url, [
    'GET /users/1',
    'HEAD /users/1',
    'GET /boom/1',
    'GET /api/items/1',
    'GET /api/items/7',
    'POST /api/items',
    'GET /nowhere',
    'GET /api/nowhere',
  ]);
  expect(counts).toEqual({
    'GET 200 /users/:id': 3,
    'HEAD 200 /users/:id': 3,
    'GET 500 /boom/:id': 3,
    'GET 200 /api/items/:item': 3,
    'GET 403 /api/items/:item': 3,
    'POST 400 /api/items': 3,
    'GET 404 -': 6,
  });
  const socket = await sendRaw(Number(new URL(url).port), requestText('/hang/1'));
  await isHanging;
  socket.destroy();
  await observed.ended('server', 25);
  expect(countSamples(observed)).toMatchObject({ 'GET aborted /hang/:id': 1 });
  await application.close();
});

test('applications of Fastify that are created after dispose get no hook', async () => {
  fastifyRoutes().dispose();
  const observed = new Observed({ client: false });
  const application = Fastify();
  application.get('/users/:id', async () => 'ok');
  const url = await application.listen({ host: '127.0.0.1', port: 0 });
  expect(await countRequests(observed, url, ['GET /users/1'])).toEqual({ 'GET 200 -': 3 });
  application.server.closeAllConnections();
  await application.close();
});
