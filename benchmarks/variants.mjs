// @ts-check
// The facade with one thing different each time, over an empty backend: what each option costs, and what it costs when a
// caller makes every call a miss. The first of each group is what the others are compared with.
import { Writable } from 'node:stream';
import { combine, createMetrics } from '@metrics/core';
import { EmptyBackend, ROOM } from './contenders.mjs';
import { literal } from './scenarios.mjs';

/**
 * @typedef {import('./contenders.mjs').Contender} Contender
 * @typedef {import('./contenders.mjs').Client} Client
 * @typedef {import('@metrics/core').Metrics} Metrics
 * @typedef {(run: (turns: number) => void) => (turns: number) => void} Around
 */

/**
 * @param {string} title
 * @param {(client: { metrics: Metrics, call: Client['call'] }) => Partial<Client>} change
 * @param {NonNullable<Parameters<typeof createMetrics>[0]>} [settings]
 * @returns {Contender}
 */
function variant(title, change = () => ({}), settings = {}) {
  const create = () => {
    const metrics = createMetrics({ backend: new EmptyBackend(), onError() {}, cardinality: ROOM, ...settings });
    return { call: callOn(metrics), ...change({ metrics, call: callOn(metrics) }) };
  };
  return { title, side: 'ours', create };
}

/** @param {Pick<Metrics, 'incr'>} metrics @returns {Client['call']} */
const callOn = (metrics) => (site, scope) => {
  scope['metrics'] = metrics;
  return `metrics.${site.verb}('${site.name}', ${site.value}, { tags: ${literal(site.tags)} })`;
};

/**
 * A different call instead of the scenario's. It refers to `metrics`, `routes` and `i`, and to what is named.
 *
 * @param {string} title
 * @param {string} source
 * @param {Readonly<Record<string, unknown>>} [names]
 */
function script(title, source, names = {}) {
  // With the guard's own bounds, which an attack meets.
  const settings = { cardinality: {} };
  const client = (/** @type {Metrics} */ metrics) => ({
    call: (/** @type {unknown} */ _site, /** @type {Record<string, unknown>} */ scope) => {
      Object.assign(scope, { metrics, ...names });
      return source;
    },
  });
  return variant(title, ({ metrics }) => client(metrics), settings);
}

/** @type {Readonly<Record<string, Contender>>} */
export const options = {
  'guard-on': variant('guard on, nothing else'),
  'guard-off': variant('guard off', undefined, { cardinality: { mode: 'off' } }),
  'guard-reports': variant('guard only reports', undefined, { cardinality: { ...ROOM, mode: 'report' } }),
  strict: variant('strict', undefined, { strict: true }),
  'register-tags': variant('two tags of the registration', undefined, { tags: { service: 'shop', region: 'eu' } }),
  child: variant('a child with a prefix and a tag', ({ metrics }) => ({
    call: callOn(metrics.child({ prefix: 'api.', tags: { team: 'web' } })),
  })),
  'sample-rate': variant('a sampling rate of a tenth', undefined, { sampleRate: 0.1 }),
  combine: variant('two backends combined', undefined, {
    backend: combine(new EmptyBackend(), new EmptyBackend()),
  }),
  'context-idle': variant('context tags used by others', ({ metrics }) => {
    metrics.withTags({ tenant: 'gold' }, () => {});
    return {};
  }),
  'context-tags': variant('within a context of two tags', ({ metrics }) => ({
    around: (run) => (turns) => metrics.withTags({ tenant: 'gold', region: 'eu' }, () => run(turns)),
  })),
};

/** @type {Readonly<Record<string, Contender>>} */
export const timers = {
  clock: script('two readings of the clock by hand', 'performance.now() - performance.now()', { performance }),
  timing: script('timing, clock read by hand', `const began = performance.now(); ${timingCall()}`),
  timer: script('timer around a function', `metrics.timer('job', { tags: ${jobTags()} }, empty)`, { empty() {} }),
  'start-timer': script('startTimer and stop', `metrics.startTimer('job', { tags: ${jobTags()} }).stop()`),
  'with-tags': script('entering a context of a tag', 'metrics.withTags({ tenant: routes[i % 50] }, empty)', {
    empty() {},
  }),
};

/** A gauge that moves, to one that is set. @type {Readonly<Record<string, Contender>>} */
export const gauges = {
  'handle-set': gauge('handle set', 'handle.set(i & 7)', false),
  'handle-add': gauge('handle add', 'handle.add(i & 1 ? 1 : -1)', true),
  'set-after-add': gauge('handle set after add', 'handle.set(i & 7)', true),
  'set-tags-after-add': gauge('set with tags after add', "gauge.set(i & 7, { method: 'GET' })", true),
  'add-tags': gauge('add with tags', "gauge.add(i & 1 ? 1 : -1, { method: 'GET' })", true),
};

/** @type {Readonly<Record<string, Contender>>} */
export const attacks = {
  hit: script('a hit, whose value is a new string', request('`/${i % 50}`')),
  values: script('ever new values of a tag', request('attempts.next()'), { attempts: attempts() }),
  'removed-tag': script(
    'ever new values of a removed tag',
    "metrics.incr('requests', 1, { tags: { method: 'GET', request_id: attempts.next() } })",
    { attempts: attempts() },
  ),
  orders: script('five tags in ever new orders', "metrics.incr('requests', 1, { tags: attempts.shuffled() })", {
    attempts: attempts(),
  }),
};

/** Winston by hand and through the facade, the level of the line on and off. @type {Readonly<Record<string, Contender>>} */
export const logged = {
  'by-hand-on': { title: 'winston by hand, level on', side: 'rival', slow: true, create: () => byHand('debug') },
  'facade-on': {
    title: 'facade, level on',
    side: 'ours',
    slow: true,
    against: 'by-hand-on',
    create: () => throughFacade('debug'),
  },
  'by-hand-off': { title: 'winston by hand, level off', side: 'rival', slow: true, create: () => byHand('info') },
  'facade-off': {
    title: 'facade, level off',
    side: 'ours',
    against: 'by-hand-off',
    create: () => throughFacade('info'),
  },
  'facade-summary': {
    title: 'facade, summaries',
    side: 'ours',
    against: 'by-hand-on',
    create: () => throughFacade('debug', { summary: {} }),
  },
};

/** Every variant by name, for the process that measures one. @type {Readonly<Record<string, Contender>>} */
export const variants = { ...options, ...timers, ...gauges, ...attacks, ...logged };

/** @param {string} title @param {string} source @param {boolean} moves */
function gauge(title, source, moves) {
  return variant(title, ({ metrics }) => {
    const instrument = metrics.defineGauge('requests.active', { tags: ['method'] });
    const handle = instrument.with({ method: 'GET' });
    if (moves) handle.add(1);
    return {
      call: (/** @type {unknown} */ _site, /** @type {Record<string, unknown>} */ scope) => {
        Object.assign(scope, { gauge: instrument, handle });
        return source;
      },
    };
  });
}

/** @param {string} level */
async function loggerOf(level) {
  const { default: winston } = await import('winston');
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  return winston.createLogger({
    level,
    format: winston.format.json(),
    transports: [new winston.transports.Stream({ stream })],
  });
}

/** The line as @metrics/logging writes it. @param {string} level @returns {Promise<Client>} */
async function byHand(level) {
  const logger = await loggerOf(level);
  return {
    call(site, scope) {
      scope['logger'] = logger;
      const fields = `{ metric: 'shop.${site.name}', kind: 'counter', value: i, tags: ${literal(site.tags)}, sampleRate: 1 }`;
      return `logger.debug(\`'${site.name}': +\${i}\`, ${fields})`;
    },
  };
}

/** @param {string} level @param {object} [settings] @returns {Promise<Client>} */
async function throughFacade(level, settings) {
  const { LoggingBackend } = await import('@metrics/logging');
  const backend = new LoggingBackend({ logger: await loggerOf(level), ...settings });
  const metrics = createMetrics({ backend, prefix: 'shop.', onError() {} });
  return {
    call(site, scope) {
      scope['metrics'] = metrics;
      return `metrics.incr('${site.name}', i, { tags: ${literal(site.tags)} })`;
    },
  };
}

function jobTags() {
  return "{ queue: 'mail', worker: routes[i % 50] }";
}

function timingCall() {
  return `metrics.timing('job', performance.now() - began, { tags: ${jobTags()} })`;
}

/** @param {string} route */
function request(route) {
  return `metrics.incr('requests', 1, { tags: { method: 'GET', status: '200', route: ${route} } })`;
}

/** Strings and orders of keys that no call before had. */
function attempts() {
  const keys = ['a', 'b', 'c', 'd', 'e'];
  let count = 0;
  return {
    next() {
      count += 1;
      return `/${count}`;
    },
    shuffled() {
      count += 1;
      let seed = count;
      /** @type {Record<string, string>} */
      const tags = {};
      for (let left = 5; left > 0; left -= 1) {
        tags[keys[(seed + left) % 5] ?? 'a'] = '1';
        seed = (seed * 7) | 0;
      }
      return tags;
    },
  };
}
