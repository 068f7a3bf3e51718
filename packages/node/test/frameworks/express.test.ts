import { once } from 'node:events';
import http from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response, type Router } from 'express';
import { closeServers, listen, requestText, sendRaw } from '../listening.js';
import { Observed } from '../observed.js';
import { countRequests, countSamples } from './counted.js';

// oxlint-disable-next-line typescript/no-require-imports -- the types of Express 5 suit it
const express4 = require('express4') as typeof express;

const VERSIONS = [
  ['4', express4],
  ['5', express],
] as const;

afterEach(closeServers);
afterEach(Observed.disposeAll);

const ok = (_request: Request, response: Response): void => void response.send('ok');

function createApplication(create: typeof express, withErrorHandler: boolean): Express {
  const application = create();
  const api = (create as unknown as { Router: typeof Router }).Router();
  const users = (create as unknown as { Router: typeof Router }).Router({ mergeParams: true });
  users.get('/', ok);
  users.get('/:id', ok);
  users.get('/:id/later', (_request, response) => void setImmediate(() => response.send('ok')));
  users.get('/:id/missing', (_request, response) => void response.status(404).send('no such user'));
  users.get('/:id/boom', () => {
    throw new Error('boom');
  });
  users.post('/', create.json(), (_request, response) => void response.status(201).end());
  api.use('/users', users);
  api.use('/tenants/:tenant', users);
  application.use('/private', (_request, response) => void response.status(403).end());
  application.use('/api/v1', api);
  application.get('/', ok);
  application.get('/boom', () => {
    throw new Error('boom');
  });
  application.get(/^\/files\/.+$/, ok);
  application.get(['/one', '/two'], ok);
  application.all('/checked/:id', (_request, _response, next) => next());
  application.get('/hang', () => {});
  if (withErrorHandler)
    application.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) => {
      response.status(502).send('handled');
    });
  return application;
}

test.each(VERSIONS)(
  'Express %s: routes are templates, also of nested routers, errors and 404',
  async (_version, create) => {
    const observed = new Observed({ client: false });
    const { url } = await listen(http.createServer(createApplication(create, true)));
    const counts = await countRequests(observed, url, [
      'GET /',
      'GET /?page=2',
      'GET /api/v1/users',
      'GET /api/v1/users/42',
      'GET /api/v1/users/43/',
      'HEAD /api/v1/users/42',
      'GET /api/v1/users/42/later',
      'GET /api/v1/users/42/missing',
      'GET /api/v1/users/42/boom?why=1',
      'GET /api/v1/tenants/5f0c2a/7/boom',
      'GET /api/v1/tenants/5f0c2a/7',
      'POST /api/v1/users',
      'GET /boom',
      'GET /files/a/b.txt',
      'GET /one',
      'GET /two',
      'GET /private/part',
      'GET /checked/5',
      'GET /nowhere',
      'GET /api/v1/nowhere/5',
    ]);
    expect(counts).toEqual({
      'GET 200 /': 6,
      'GET 200 /api/v1/users': 3,
      'GET 200 /api/v1/users/:id': 6,
      'HEAD 200 /api/v1/users/:id': 3,
      'GET 200 /api/v1/users/:id/later': 3,
      'GET 404 /api/v1/users/:id/missing': 3,
      'GET 502 /api/v1/users/:id/boom': 3,
      'GET 502 /api/v1/tenants/:id/:id/boom': 3,
      'GET 200 /api/v1/tenants/:id/:id': 3,
      'POST 201 /api/v1/users': 3,
      'GET 502 /boom': 3,
      [String.raw`GET 200 /^\/files\/.+$/`]: 3,
      'GET 200 /one,/two': 6,
      'GET 403 -': 3,
      'GET 404 -': 9,
    });
  },
);

test.each(VERSIONS)('Express %s: routes of errors that the application does not handle', async (_version, create) => {
  const observed = new Observed({ client: false });
  const application = createApplication(create, false);
  // Otherwise it prints each error.
  application.set('env', 'test');
  const { url } = await listen(http.createServer(application));
  expect(await countRequests(observed, url, ['GET /boom', 'GET /api/v1/users/42/boom'])).toEqual({
    'GET 500 /boom': 3,
    'GET 500 /api/v1/users/:id/boom': 3,
  });
});

test.each(VERSIONS)('Express %s: a client that leaves', async (_version, create) => {
  const observed = new Observed({ client: false });
  const server = http.createServer(createApplication(create, true));
  const { port } = await listen(server);
  const socket = await sendRaw(port, requestText('/hang'));
  await once(server, 'request');
  socket.destroy();
  await observed.ended('server', 1);
  expect(countSamples(observed)).toEqual({ 'GET aborted /hang': 1 });
});
