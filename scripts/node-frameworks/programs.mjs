// Applications of frameworks that the workspace does not install. Each observes its server, and reports the samples at
// SAMPLES_PORT. They are strings, because their imports exist only in the folder that they run in.

const OBSERVE = `
import http from 'node:http';
import { createMetrics } from '@metrics/core';
import { observeHttp } from '@metrics/node';
import { RecordingBackend } from '@metrics/testing';

export function observe(options) {
  const backend = new RecordingBackend();
  const metrics = createMetrics({ backend });
  observeHttp(metrics, { client: false, ...options, ignore: ({ path }) => path === '/samples' });
  http
    .createServer(async (_request, response) => {
      await metrics.flush();
      const samples = backend.recorded.samples({ key: 'http.server.request.duration' }).map(({ tags }) => tags);
      response.end(JSON.stringify({ samples, inFlight: backend.recorded.gauge('http.server.active_requests') }));
    })
    .listen(Number(process.env.SAMPLES_PORT), '127.0.0.1');
}
`;

/** The parameters are the adapter and the port. */
const NEST_PROGRAM = `
import 'reflect-metadata';
import { fastifyRoutes } from '@metrics/node/fastify';
import { Controller, Get, Module, NotFoundException, Param, Post, UseGuards } from '@nestjs/common';
import { NestFactory, RouterModule } from '@nestjs/core';
import { observe } from './observe.mjs';

observe();
const [, , adapter, port] = process.argv;
if (adapter === 'fastify') fastifyRoutes();

class Users {
  find(id) { return { id }; }
  missing() { throw new NotFoundException('no such user'); }
  boom() { throw new Error('boom'); }
  denied() { return 'never'; }
  hang() { return new Promise(() => {}); }
  create() { return 'created'; }
}
class Reports {
  find(id) { return { id }; }
}
// Decorators are functions, so nothing has to be compiled.
function decorate(type, name, ...decorators) {
  for (const each of decorators) each(type.prototype, name, Object.getOwnPropertyDescriptor(type.prototype, name));
}
decorate(Users, 'find', Get(':id'));
Param('id')(Users.prototype, 'find', 0);
for (const name of ['missing', 'boom', 'denied', 'hang']) decorate(Users, name, Get(':id/' + name));
decorate(Users, 'denied', UseGuards({ canActivate: () => false }));
decorate(Users, 'create', Post());
Controller('users')(Users);
decorate(Reports, 'find', Get(':id'));
Controller('reports')(Reports);

class AdminModule {}
Module({ controllers: [Reports] })(AdminModule);
class AppModule {}
Module({
  controllers: [Users],
  imports: [AdminModule, RouterModule.register([{ path: 'admin', module: AdminModule }])],
})(AppModule);

const server =
  adapter === 'fastify' ? new (await import('@nestjs/platform-fastify')).FastifyAdapter() : undefined;
const application = await NestFactory.create(AppModule, ...(server ? [server] : []), { logger: ['fatal'] });
application.setGlobalPrefix('api/v1');
await application.listen(port, '127.0.0.1');
`;

export const NEST_FILES = { 'observe.mjs': OBSERVE, 'main.mjs': NEST_PROGRAM };

const PAGE = `
export const dynamic = 'force-dynamic';
export default function Page() { return 'page'; }
`;

/** With the routers of \`app\` and of \`pages\`. */
export const NEXT_FILES = {
  'observe.mjs': OBSERVE,
  'instrumentation.js': `
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { observe } = await import('./observe.mjs');
  const { nextRoute } = await import('@metrics/node/next');
  observe({ route: nextRoute });
}
`,
  'app/layout.js': `
export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
`,
  'app/page.js': PAGE,
  'app/users/[id]/page.js': PAGE,
  'app/docs/[...path]/page.js': PAGE,
  'app/(site)/about/page.js': PAGE,
  'app/api/users/[id]/route.js': `
export async function GET(_request, { params }) {
  const { id } = await params;
  if (id === 'boom') throw new Error('boom');
  return new Response(id, { status: id === 'missing' ? 404 : 200 });
}
export function POST() {
  return new Response('created', { status: 201 });
}
`,
  'app/api/hang/[id]/route.js': `
export function GET() { return new Promise(() => {}); }
`,
  'pages/old/[slug].js': `
export function getServerSideProps() { return { props: {} }; }
export default function Old() { return 'old'; }
`,
  'pages/api/old/[id].js': `
export default function handler(_request, response) { response.status(200).send('old'); }
`,
};
