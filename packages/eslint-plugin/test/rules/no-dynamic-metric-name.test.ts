import { noDynamicMetricName } from '../../src/rules/no-dynamic-metric-name.js';
import { testRule } from '../rule-testers.js';

const reported = (messageId: 'built' | 'unknown', code: string, name: string) => ({
  code,
  errors: [{ messageId, data: { name } }],
});

testRule('no-dynamic-metric-name', noDynamicMetricName, {
  javascript: {
    valid: [
      { code: `metrics.incr('jobs.started');` },
      { code: 'metrics.incr(`jobs.started`);' },
      { name: 'accepts a constant', code: `const NAME = 'jobs'; metrics.incr(NAME);` },
      { name: 'accepts a variable that never changes', code: `let name = 'jobs'; metrics.incr(name);` },
      { name: 'accepts an alias of a constant', code: `const A = 'jobs'; const B = A; metrics.incr(B);` },
      {
        name: 'accepts a string built from constants',
        code: "const PREFIX = 'shop.'; metrics.incr(PREFIX + 'jobs'); metrics.incr(`${PREFIX}jobs`);",
      },
      { name: 'accepts one of two names', code: `metrics.incr(ok ? 'jobs.done' : 'jobs.failed');` },
      {
        name: 'accepts a member of a constant object',
        code: `const METRICS = { jobs: 'jobs', nested: { a: 'b' } }; metrics.incr(METRICS.jobs); metrics.incr(METRICS.nested.a); metrics.incr(METRICS['jobs']);`,
      },
      {
        name: 'accepts a frozen object',
        code: `const METRICS = Object.freeze({ jobs: 'jobs' }); metrics.incr(METRICS.jobs);`,
      },
      {
        name: 'accepts any member of an object of names',
        code: `const METRICS = { a: 'a', b: 'b' }; metrics.incr(METRICS[kind]);`,
      },
      { name: 'accepts static fields', code: `class Names { static JOBS = 'jobs'; } metrics.incr(Names.JOBS);` },
      { name: 'accepts fields', code: `class A { #name = 'jobs'; b() { metrics.incr(this.#name); } }` },
      {
        name: 'accepts imports',
        code: `import { JOBS, METRICS } from './names.js'; import * as all from './names.js'; metrics.incr(JOBS); metrics.incr(METRICS.jobs); metrics.incr(all.METRICS.jobs[kind]);`,
      },
      {
        name: 'recognizes maps',
        code: `map.set(key, value); const metrics = new Map(); metrics.set(key, value); new Map().set(key, value);`,
      },
      {
        name: 'ignores other methods',
        code: `metrics.event(event); metrics.serviceCheck(check); metrics.child(options); metrics.timers(name);`,
      },
      {
        name: 'ignores instruments, whose calls have no name',
        code: `const users = metrics.defineSet('users'); users.add(name); metrics.defineGauge('a').set(value);`,
      },
      { name: 'ignores spread arguments', code: `metrics.incr(...parameters); metrics.incr();` },
      {
        name: 'checks only the objects of the option',
        code: `metrics.incr(name);`,
        options: [{ objects: ['statsd'] }],
      },
      { name: 'survives a name that refers to itself', code: 'const a = `${a}`; metrics.incr(a);' },
    ],
    invalid: [
      reported('built', 'metrics.incr(`jobs.${name}`);', '`jobs.${name}`'),
      reported('built', `metrics.incr('jobs.' + name);`, `'jobs.' + name`),
      reported('built', 'const key = `jobs.${name}`; metrics.incr(key);', 'key'),
      reported('unknown', `metrics.incr(name);`, 'name'),
      reported('unknown', `function count(name) { metrics.incr(name); }`, 'name'),
      reported('unknown', `let name = 'a'; name = other(); metrics.incr(name);`, 'name'),
      reported('unknown', `for (const name of names) metrics.incr(name);`, 'name'),
      reported('unknown', `metrics.incr(nameOf(job));`, 'nameOf(job)'),
      reported('unknown', `metrics.incr(job.name);`, 'job.name'),
      reported('unknown', `const METRICS = { a: 'a' }; metrics.incr(METRICS.b);`, 'METRICS.b'),
      reported('unknown', `const METRICS = { a: 'a', b: name }; metrics.incr(METRICS[kind]);`, 'METRICS[kind]'),
      reported('unknown', `metrics.incr(ok ? 'a' : name);`, `ok ? 'a' : name`),
      ...[
        'gauge',
        'timing',
        'distribution',
        'set',
        'timer',
        'startTimer',
        'wraps',
        'timed',
        'defineCounter',
        'defineGauge',
        'defineTiming',
        'defineDistribution',
        'defineSet',
      ].map((method) => reported('unknown', `this.metrics.${method}(name);`, 'name')),
      { ...reported('unknown', `statsd.incr(name);`, 'name'), options: [{ objects: ['statsd'] }] },
      { ...reported('unknown', `shopUserMeter.incr(name);`, 'name'), options: [{ objects: ['shop*Meter'] }] },
    ],
  },
  typescript: {
    valid: [
      { code: `enum Names { Jobs = 'jobs', Mails = 'mails' } metrics.incr(Names.Jobs); metrics.incr(Names[kind]);` },
      { code: `const METRICS = { jobs: 'jobs' } as const satisfies Names; metrics.incr(METRICS.jobs as string);` },
      { code: `class A { static readonly JOBS = 'jobs' as const; @metrics.timed(A.JOBS) b() {} }` },
      {
        code: `function a(userMetrics: Map<string, number>) { userMetrics.set(name, 1); }`,
      },
    ],
    invalid: [
      reported('unknown', `enum Names { Jobs = 'jobs' } metrics.incr(Names.Mails);`, 'Names.Mails'),
      reported('built', 'metrics.incr(`jobs.${name}` as const);', '`jobs.${name}` as const'),
      reported('unknown', `class A { @metrics.timed(name) b(): void {} }`, 'name'),
    ],
  },
});
