import { getRequestListener } from '@hono/node-server';
import { honoRoutes } from '@metrics/node/hono';
import { Hono } from 'hono';
import { matchedRoutes } from 'hono/route';
import { closeServers, listen, requestText, sendRaw } from '../listening.js';
import { Observed } from '../observed.js';
import { countRequests, countSamples } from './counted.js';

afterEach(closeServers);
afterEach(Observed.disposeAll);

test('Hono: routes are templates, also of nested applications, middlewares, errors, 404 and aborts', async () => {
  const observed = new Observed({ client: false });
  const application = new Hono();
  application.use(honoRoutes(matchedRoutes));
  let hanging = (): void => {};
  const isHanging = new Promise<void>((resolve) => (hanging = resolve));
  const users = new Hono();
  users.get('/:id', (context) => context.text('ok'));
  users.get('/:id/missing', (context) => context.notFound());
  users.get('/:id/boom', () => {
    throw new Error('boom');
  });
  users.get('/:id/hang', () => {
    hanging();
    return new Promise<Response>(() => {});
  });
  application.use('/private/*', async (context) => context.text('no', 403));
  application.get('/private/:page', (context) => context.text('ok'));
  application.get('/files/*', (context) => context.text('ok'));
  application.route('/api/users', users);
  application.onError((_error, context) => context.text('failed', 500));
  const { url, port } = await listen(getRequestListener(application.fetch));
  const counts = await countRequests(observed, url, [
    'GET /api/users/1',
    'HEAD /api/users/1',
    'GET /api/users/1/missing',
    'GET /api/users/1/boom',
    'GET /private/page',
    'GET /files/a/b',
    'GET /nowhere',
  ]);
  expect(counts).toEqual({
    'GET 200 /api/users/:id': 3,
    'HEAD 200 /api/users/:id': 3,
    'GET 404 /api/users/:id/missing': 3,
    'GET 500 /api/users/:id/boom': 3,
    'GET 403 /private/:page': 3,
    'GET 200 /files/*': 3,
    'GET 404 -': 3,
  });
  const socket = await sendRaw(port, requestText('/api/users/1/hang'));
  await isHanging;
  socket.destroy();
  await observed.ended('server', 22);
  expect(countSamples(observed)).toMatchObject({ 'GET aborted /api/users/:id/hang': 1 });
});
