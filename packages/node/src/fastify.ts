/**
 * Routes of Fastify as tags.
 *
 * @module @metrics/node/fastify
 */
import { subscribe } from './channel.js';
import { setRoute } from './http/routes.js';
import type { Installation } from './shared.js';

/** The parts of Fastify 4 and 5 that are used. */
interface Fastify {
  addHook(name: 'onRequest', hook: (request: FastifyRequest, reply: unknown, done: () => void) => void): unknown;
}
interface FastifyRequest {
  readonly raw: object;
  readonly is404?: boolean | undefined;
  readonly routeOptions?: { readonly url?: string | undefined } | undefined;
}

/**
 * Reads the routes of all Fastify applications that are created from now on, also by NestJS. Call it once at the start,
 * before `Fastify()`.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { observeHttp } from '@metrics/node';
 * import { fastifyRoutes } from '@metrics/node/fastify';
 * import Fastify from 'fastify';
 *
 * observeHttp(metrics);
 * fastifyRoutes();
 * const app = Fastify();
 * app.get('/users/:id', async () => 'ann');
 * console.log((await app.inject('/users/42')).body);
 * ```
 */
export function fastifyRoutes(): Installation {
  const dispose = subscribe<{ fastify: Fastify }>('fastify.initialization', ({ fastify }) => {
    fastify.addHook('onRequest', (request, _reply, done) => {
      const url = request.routeOptions?.url;
      if (url !== undefined && request.is404 !== true) setRoute(request.raw, url);
      done();
    });
  });
  return { dispose, [Symbol.dispose]: dispose };
}
