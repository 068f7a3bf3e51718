import { noHighCardinalityTag } from '../../src/rules/no-high-cardinality-tag.js';
import { testRule } from '../rule-testers.js';

const reported = (code: string, ...errors: readonly (readonly [messageId: string, tag: string, value?: string])[]) => ({
  code,
  errors: errors.map(([messageId, tag, value]) => ({ messageId, ...(value && { data: { tag, value } }) })),
});

testRule('no-high-cardinality-tag', noHighCardinalityTag, {
  javascript: {
    valid: [
      {
        name: 'accepts bounded tags',
        code: `metrics.incr('jobs', { tags: { task_name: 'mail', status: 200, platform } });`,
      },
      { code: `metrics.incr('jobs');` },
      {
        name: 'accepts a word that only ends in id',
        code: `metrics.incr('orders', { tags: { paid: true, grid: 'a', valid } });`,
      },
      {
        name: 'reads tags from no other place',
        code: `metrics.incr('jobs', 1, { sampleRate: 0.5, request_id: 1 });`,
      },
      {
        name: 'ignores other objects',
        code: `map.set('a', 1, { tags: { request_id: id } }); navigator.event({ tags: { url } });`,
      },
      {
        name: 'ignores functions',
        code: `timer('a', { tags: { request_id: id } }, () => {}); incr('a', { tags: { url } });`,
      },
      {
        name: 'ignores other methods',
        code: `metrics.constructor('a', { tags: { url } }); metrics.toString({ tags: { url } });`,
      },
      {
        name: 'ignores observers of others',
        code: `target.observe((gauge) => gauge.set(2, { email })); metrics.other('a', { observe: (gauge) => gauge.add(1, { email }) }); metrics.defineGauge('a', { read: (gauge) => gauge.set(2, { email }) });`,
      },
      {
        name: 'recognizes a map that is called metrics',
        code: `const metrics = new Map(); metrics.set('a', 1, { tags: { url } });`,
      },
      {
        name: 'ignores tags without a value',
        code: `metrics.incr('a', { tags: { request_id: undefined, url: null } });`,
      },
      {
        name: 'respects that a spread tag is overwritten',
        code: `const tags = { request_id: id, ok }; metrics.incr('a', { tags: { ...tags, request_id: undefined } });`,
      },
      {
        name: 'accepts the template of a route',
        code: `metrics.incr('a', { tags: { route: req.route.path, endpoint: request.routeOptions.url } });`,
      },
      {
        name: 'accepts results of functions',
        code: `metrics.incr('a', { tags: { route: routeTemplate(req.url), error: errorName(error) } });`,
      },
      {
        name: 'accepts a comparison',
        code: `metrics.incr('a', { tags: { late: Date.now() > deadline, shard: req.id % 16 } });`,
      },
      {
        name: 'accepts strings built from constants',
        code: "const A = 'a'; metrics.incr('a', { tags: { route: `/${A}/b`, other: A + '-b' } });",
      },
      {
        name: 'accepts imports',
        code: `import { name } from './names.js'; metrics.incr('a', { tags: { job: 'job-' + name } });`,
      },
      { name: 'accepts a sum', code: `metrics.incr('a', { tags: { retries: first + second } });` },
      {
        name: 'accepts the message of an object that is not an error',
        code: `metrics.incr('a', { tags: { kind: event.message } });`,
      },
      {
        name: 'accepts other headers',
        code: `metrics.incr('a', { tags: { encoding: req.headers['accept-encoding'], by: map.get('key') } });`,
      },
      { name: 'accepts a fixed time', code: `metrics.incr('a', { tags: { day: new Date(2020, 1, 1) } });` },
      { name: 'ignores keys that are only known at run time', code: `metrics.incr('a', { tags: { [key]: 1 } });` },
      {
        name: 'ignores tags that are created elsewhere',
        code: `metrics.incr('a', { tags }); metrics.incr('a', { tags: tagsOf(req) }); metrics.incr(...args, { tags: { url } });`,
      },
      {
        name: 'ignores allowed tags, in any spelling and with any value',
        code: `metrics.incr('a', { tags: { orgId: org.id, 'org-id': 1, trace_id: randomUUID() } });`,
        options: [{ allow: ['org_id', 'traceId'] }],
      },
      {
        name: 'ignores allowed tags in a declaration, too',
        code: `metrics.defineCounter('jobs', { tags: ['trace_id'] });`,
        options: [{ allow: ['trace_id'] }],
      },
      {
        name: 'checks only the objects of the option',
        code: `metrics.incr('a', { tags: { url } });`,
        options: [{ objects: ['statsd'] }],
      },
      {
        name: 'accepts declared tags of severity avoid',
        code: `const jobs = metrics.defineCounter('jobs', { tags: ['project_id'] }); jobs.incr({ project_id: project.id });`,
      },
      {
        name: 'accepts a tag whose values are listed',
        code: `const jobs = metrics.defineCounter('jobs', { tags: { url: ['/a', '/b'], ip: KINDS } });
          const KINDS = ['v4', 'v6'];
          jobs.incr({ url: req.url, ip: req.ip });`,
      },
      {
        name: 'survives names that refer to themselves',
        code: `const a = a.b; const t = \`\${t}\`; const m = m.child({}); m.incr('a'); metrics.incr(a, { tags: { a, t } });`,
      },
      {
        name: 'survives objects that are spread into themselves',
        code: `const tags = { ...tags, ok: 1 }; metrics.incr('a', { tags });`,
      },
      {
        name: 'survives empty calls',
        code: `metrics.incr(); metrics.defineCounter(); metrics.withTags(); metrics.defineCounter('a').with();`,
      },
    ],
    invalid: [
      reported(`metrics.incr('a', { tags: { request_id: id } });`, ['never', 'request_id']),
      reported(
        `metrics.incr('a', 1, { tags: { 'event-id': id, traceId, SPAN_ID: 1 } });`,
        ['never', 'event-id'],
        ['never', 'traceId'],
        ['never', 'SPAN_ID'],
      ),
      reported(
        `metrics.gauge('a', 1, { tags: { session_id, transactionId, correlation_id, message_id, uuid, guid, email, ip, ip_address, url } });`,
        ...[
          'session_id',
          'transactionId',
          'correlation_id',
          'message_id',
          'uuid',
          'guid',
          'email',
          'ip',
          'ip_address',
          'url',
        ].map((tag) => ['never', tag] as const),
      ),
      reported(
        `metrics.timing('a', 1, { tags: { org_id: id, projectId: id, id, userID: 1 } });`,
        ['avoid', 'org_id'],
        ['avoid', 'projectId'],
        ['avoid', 'id'],
        ['avoid', 'userID'],
      ),
      {
        name: 'has a message with a fix',
        code: `metrics.incr('a', { tags: { org_id: org } });`,
        errors: [
          {
            message:
              "Tag 'org_id' has a value for each item of a growing set, and each value is a series to pay for. Remove the tag, or use a property with few values instead (a plan, a region). If it has few values, declare it or add 'org_id' to the option `allow`. See the README of @metrics/eslint-plugin.",
          },
        ],
      },
      ...[
        `metrics.distribution('a', 1, { tags: { email } });`,
        `metrics.set('a', 'b', { tags: { email } });`,
        `metrics.timer('a', { tags: { email } }, () => {});`,
        `metrics.startTimer('a', { tags: { email } });`,
        `metrics.wraps('a', { tags: { email } }, fn);`,
        `metrics.event({ title: 'a', text: 'b', tags: { email } });`,
        `metrics.serviceCheck({ name: 'a', status: 'ok', tags: { email } });`,
        `metrics.withTags({ email }, () => {});`,
        `metrics.addTags({ email });`,
        `metrics.child({ tags: { email } });`,
        `metrics.register(backend, { tags: { email } });`,
        `const timer = metrics.startTimer('a'); timer.stop({ email });`,
        `this.metrics.incr('a', { tags: { email } });`,
        `this.shopMetrics.incr('a', { tags: { email } });`,
        `app.locals.shop_metrics?.incr('a', { tags: { email } });`,
        `metrics['incr']('a', { tags: { email } });`,
        `import { metrics as m } from '@metrics/core'; m.incr('a', { tags: { email } });`,
        `const m = metrics; m.incr('a', { tags: { email } });`,
        `const library = createMetrics(); library.incr('a', { tags: { email } });`,
        `const database = metrics.child({ prefix: 'db.' }).child({}); database.incr('a', { tags: { email } });`,
        `class A { #metrics = createMetrics(); b() { this.#metrics.incr('a', { tags: { email } }); } }`,
        `metrics.incr('a', { ...{ tags: { ...{ email } } } });`,
        `const EMAIL = 'email'; metrics.incr('a', { tags: { [EMAIL]: 1 } });`,
        `const jobs = metrics.defineCounter('jobs'); jobs.incr({ email });`,
        `const jobs = metrics.defineCounter('jobs'); jobs.incr(2, { email });`,
        `const jobs = metrics.defineCounter('jobs'); jobs.with({ email }).incr();`,
        `const queue = metrics.defineGauge('queue'); queue.set(2, { email });`,
        `const query = metrics.defineTiming('query'); query.record(2, { email });`,
        `const query = metrics.defineTiming('query'); query.timer({ email }, () => {});`,
        `const users = metrics.defineSet('users'); users.add('ann', { email });`,
        `const queue = metrics.defineGauge('queue'); queue.add(-1, { email });`,
        `const queue = metrics.defineGauge('queue'); queue.observe((gauge) => gauge.set(2, { email }));`,
        `const queue = metrics.defineGauge('queue'); queue.observe(function (gauge) { for (const email of all) { gauge.set(2, { email }); } });`,
        `metrics.defineGauge('queue').observe((each) => { each.with({ email }).set(1); });`,
        `class A { queue = metrics.defineGauge('queue'); b() { using read = this.queue.observe((gauge) => gauge.set(2, { email })); } }`,
        `metrics.defineGauge('queue', { observe: (gauge) => gauge.set(2, { email }) });`,
        `metrics.defineGauge('queue', { observe(gauge) { gauge.set(2, { email }); } });`,
        `metrics.setTags({ email });`,
        `const METRICS = { jobs: metrics.defineCounter('jobs') }; METRICS.jobs.incr({ email });`,
        `metrics.defineDistribution('sizes').record(2, { email });`,
        `class A { jobs = metrics.defineCounter('jobs'); b() { this.jobs.incr({ email }); } }`,
        `metrics.defineCounter('jobs', { tags: ['result', 'email'] });`,
        `metrics.defineCounter('jobs', { tags: { result: ['a'], email: anyValue } });`,
      ].map((code) => reported(code, ['never', 'email'])),
      {
        ...reported(
          `statsd.incr('a', { tags: { email } }); clientOfStatsd.incr('a', { tags: { email } });`,
          ['never', 'email'],
          ['never', 'email'],
        ),
        options: [{ objects: ['statsd', '*Statsd'] }],
      },
      {
        ...reported(`const tags = { email }; metrics.incr('a', { tags }); metrics.incr('b', { tags });`, [
          'never',
          'email',
        ]),
        name: 'reports tags once that several calls share',
      },
      {
        ...reported(`const jobs = metrics.defineCounter('jobs', { tags: ['email'] }); jobs.incr({ email: 'a' });`, [
          'never',
          'email',
        ]),
        name: 'reports a declared tag once',
      },

      reported(`metrics.incr('a', { tags: { by: req.id } });`, ['identifier', 'by', 'req.id']),
      reported(`metrics.incr('a', { tags: { by: ctx.request.id ?? 'none' } });`, [
        'identifier',
        'by',
        'ctx.request.id',
      ]),
      reported(`metrics.incr('a', { tags: { by: request.headers['x-request-id'] } });`, [
        'identifier',
        'by',
        `request.headers['x-request-id']`,
      ]),
      reported(`metrics.incr('a', { tags: { by: req.get('X-Correlation-ID') } });`, [
        'identifier',
        'by',
        `req.get('X-Correlation-ID')`,
      ]),
      reported(`metrics.incr('a', { tags: { by: headers.get('traceparent') } });`, [
        'identifier',
        'by',
        `headers.get('traceparent')`,
      ]),
      reported(`function a(requestId) { metrics.incr('a', { tags: { by: requestId } }); }`, [
        'identifier',
        'by',
        'requestId',
      ]),
      reported(`const requestId = next(); metrics.incr('a', { tags: { by: requestId } });`, [
        'identifier',
        'by',
        'requestId',
      ]),
      reported(`metrics.incr('a', { tags: { by: ok ? 'ok' : user.email } });`, ['identifier', 'by', 'user.email']),
      ...[
        'randomUUID()',
        'crypto.randomUUID()',
        'uuid()',
        'uuidv4()',
        'uuid.v4()',
        'nanoid()',
        'ulid()',
        'Date.now()',
        'Math.random()',
        'performance.now()',
        'process.hrtime.bigint()',
        'new Date()',
        'Date.now() - start',
        'new Date().toISOString()',
        `randomBytes(8).toString('hex')`,
        'String(Date.now())',
        'await nanoid()',
      ].map((value) => ({
        code: `async function a() { metrics.incr('a', { tags: { by: ${value} } }); }`,
        errors: [{ messageId: 'alwaysNew' }],
      })),
      reported(`import { v4 as next } from 'uuid'; metrics.incr('a', { tags: { by: next() } });`, [
        'alwaysNew',
        'by',
        'next()',
      ]),
      reported(
        `import { randomUUID as next } from 'node:crypto'; const by = next(); metrics.incr('a', { tags: { by } });`,
        ['alwaysNew', 'by', 'by'],
      ),
      ...[
        'req.url',
        'request.url',
        'location.href',
        'req.originalUrl',
        'window.location.pathname',
        'req.path',
        'new URL(text).pathname',
        'ctx.url',
        'url',
      ].map((value) => reported(`metrics.incr('a', { tags: { by: ${value} } });`, ['rawUrl', 'by', value])),
      reported(`const page = new URL(text); metrics.incr('a', { tags: { page: page.href } });`, [
        'rawUrl',
        'page',
        'page.href',
      ]),
      ...['error.message', 'err.stack', 'lastError.message', 'this.error.message', 'result.error?.message'].map(
        (value) => reported(`metrics.incr('a', { tags: { by: ${value} } });`, ['errorMessage', 'by', value]),
      ),
      reported(`try { a(); } catch (problem) { metrics.incr('a', { tags: { by: problem.message } }); }`, [
        'errorMessage',
        'by',
        'problem.message',
      ]),
      reported("metrics.incr('a', { tags: { by: `user-${name}` } });", ['builtString', 'by', '`user-${name}`']),
      reported(`metrics.incr('a', { tags: { by: 'user-' + name } });`, ['builtString', 'by', `'user-' + name`]),
      reported(`metrics.incr('a', { tags: { by: first + '-' + second } });`, [
        'builtString',
        'by',
        `first + '-' + second`,
      ]),
      {
        ...reported("metrics.incr('a', { tags: { by: `at ${req.url}` } });", ['rawUrl', 'by', 'req.url']),
        name: 'names the unbounded part of a string',
      },
      reported(`metrics.gauge('a', 1, { instance: randomUUID() });`, ['alwaysNew', 'instance', 'randomUUID()']),
      reported(`const jobs = metrics.defineCounter('jobs', { tags: ['by'] }); jobs.incr({ by: req.url });`, [
        'rawUrl',
        'by',
        'req.url',
      ]),
      {
        name: 'truncates long values',
        code: `metrics.incr('a', { tags: { by: 'a' +\n  ${'name'.repeat(20)} } });`,
        errors: [
          { messageId: 'builtString', data: { tag: 'by', value: `'a' + ${'name'.repeat(20)}`.slice(0, 60) + '…' } },
        ],
      },
    ],
  },
  typescript: {
    valid: [
      { code: `metrics.incr('a', { tags: { route: name as string } satisfies Tags } as const);` },
      {
        name: 'recognizes a parameter that is a map',
        code: `function a(metrics: Map<string, unknown>) { metrics.set('a', 1, { tags: { url } }); }`,
      },
      { code: `enum Job { Mail = 'mail' } metrics.incr('a', { tags: { job: \`job-\${Job.Mail}\` } });` },
    ],
    invalid: [
      reported(`metrics.incr('a', { tags: { request_id: id as string } as Tags });`, ['never', 'request_id']),
      reported(`(metrics as Metrics)!.incr('a', { tags: { by: req!.url! } } satisfies Options);`, ['rawUrl', 'by']),
      reported(`class A { @metrics.timed('a', { tags: { email: 'a' } }) b(): void {} }`, ['never', 'email']),
      reported(
        `class A { constructor(private readonly metrics: Metrics) {} b() { this.metrics.incr('a', { tags: { email: 1 } }); } }`,
        ['never', 'email'],
      ),
      reported(`const jobs: Counter<'a'> = metrics.defineCounter<'a'>('jobs'); jobs.incr({ email: 'a' } as never);`, [
        'never',
        'email',
      ]),
    ],
  },
});
