import http from 'node:http';
import { Router } from '@koa/router';
import { koaRoutes } from '@metrics/node/koa';
import Koa from 'koa';
import { closeServers, listen, requestText, sendRaw } from '../listening.js';
import { Observed } from '../observed.js';
import { countRequests, countSamples } from './counted.js';

afterEach(closeServers);
afterEach(Observed.disposeAll);

test('Koa: routes are templates, also of nested routers, errors, 404 and aborts', async () => {
  const observed = new Observed({ client: false });
  const application = new Koa();
  application.silent = true;
  application.use(koaRoutes());
  application.use(async (context, next) => {
    if (context.path.startsWith('/private')) context.status = 403;
    else await next();
  });
  let hanging = (): void => {};
  const isHanging = new Promise<void>((resolve) => (hanging = resolve));
  const users = new Router({ prefix: '/users' });
  users.get('/:id', (context) => void (context.body = 'ok'));
  users.get('/:id/missing', (context) => context.throw(404));
  users.get('/:id/boom', () => {
    throw new Error('boom');
  });
  users.get('/:id/hang', () => {
    hanging();
    return new Promise(() => {});
  });
  const api = new Router({ prefix: '/api' });
  api.use(users.routes());
  application.use(api.routes()).use(api.allowedMethods());
  const { url, port } = await listen(http.createServer(application.callback()));
  const counts = await countRequests(observed, url, [
    'GET /api/users/1',
    'HEAD /api/users/1',
    'GET /api/users/1/missing',
    'GET /api/users/1/boom',
    'GET /private/1',
    'GET /nowhere',
  ]);
  expect(counts).toEqual({
    'GET 200 /api/users/:id': 3,
    'HEAD 200 /api/users/:id': 3,
    'GET 404 /api/users/:id/missing': 3,
    'GET 500 /api/users/:id/boom': 3,
    'GET 403 -': 3,
    'GET 404 -': 3,
  });
  const socket = await sendRaw(port, requestText('/api/users/1/hang'));
  await isHanging;
  socket.destroy();
  await observed.ended('server', 19);
  expect(countSamples(observed)).toMatchObject({ 'GET aborted /api/users/:id/hang': 1 });
});
