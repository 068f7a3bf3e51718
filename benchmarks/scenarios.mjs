// @ts-check
// The call sites that are measured, written out as source code: every contender runs its own loop with literals in it, as an
// application has them, and no shared adapter.

/**
 * @typedef {'incr' | 'gauge' | 'timing' | 'distribution'} Verb
 */

/**
 * One call site.
 *
 * @typedef {object} Site
 * @property {Verb} verb
 * @property {string} name of the metric
 * @property {string} value an expression of `i`
 * @property {boolean} [timed] the value is an index of `started`: the timer there is stopped, and another started
 * @property {readonly (readonly [key: string, expression: string])[]} tags
 * @property {() => readonly Readonly<Record<string, string>>[]} variants all combinations of tag values that the site makes
 * @property {string} variant an expression of `i`: the index of the combination it makes
 */

/**
 * @typedef {object} Scenario
 * @property {string} title
 * @property {readonly Site[]} sites each runs once in a turn of the loop
 * @property {Readonly<Record<string, unknown>>} constants what the expressions refer to
 */

const ROUTES = 50;
const routes = Array.from({ length: ROUTES }, (_, index) => `/route/${index}`);
const methods = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'];

/** Log-normal, as latencies are, with three decimals. The seed is fixed: every contender gets the same ones. */
const values = Float64Array.from({ length: 1024 }, (_, index) => {
  const uniform = (/** @type {number} */ seed) => ((Math.imul(index + 1, seed) >>> 0) % 65_521) / 65_521 || 0.5;
  const normal = Math.sqrt(-2 * Math.log(uniform(2_654_435_761))) * Math.cos(2 * Math.PI * uniform(1_597_334_677));
  return Math.round(Math.exp(3 + 0.8 * normal) * 1000) / 1000;
});

/** @type {Readonly<Record<Verb, string>>} */
const VALUES = {
  incr: '1',
  gauge: 'i % 1000',
  timing: 'values[i & 1023]',
  distribution: 'values[i & 1023]',
};

/** @param {Verb} verb @returns {Scenario} */
const constant = (verb) => ({
  title: 'three constant tags',
  constants: { values },
  sites: [
    {
      verb,
      name: 'requests',
      value: VALUES[verb],
      tags: [
        ['method', "'GET'"],
        ['status', "'200'"],
        ['route', "'/users'"],
      ],
      variants: () => [{ method: 'GET', status: '200', route: '/users' }],
      variant: '0',
    },
  ],
});

/** @param {Verb} verb @param {string} [route] @returns {Scenario} */
const varying = (verb, route = 'routes[i % 50]') => ({
  title: 'three tags, one of fifty values',
  constants: { routes, values },
  sites: [
    {
      verb,
      name: 'requests',
      value: VALUES[verb],
      tags: [
        ['method', "'GET'"],
        ['status', "'200'"],
        ['route', route],
      ],
      variants: () => routes.map((value) => ({ method: 'GET', status: '200', route: value })),
      variant: 'i % 50',
    },
  ],
});

/** A thousand timers run at any time, so that each takes as long as a thousand calls. @returns {Scenario} */
function timed() {
  const { constants, sites } = varying('timing');
  return {
    title: 'a timer started and one stopped, tags as v3',
    constants: { ...constants, started: [] },
    sites: sites.map((site) => ({ ...site, value: 'i & 1023', timed: true })),
  };
}

/** Twenty call sites, metrics and tag shapes: what a program of some size makes of the facade's call sites inside. */
const SHAPES = Array.from({ length: 20 }, (_, index) => [`first${index % 7}`, `second${index % 5}`, `third${index}`]);

/** @returns {Scenario} */
const megamorphic = () => ({
  title: 'twenty call sites with a metric and a tag shape each, one tag of fifty values',
  constants: { routes },
  sites: SHAPES.map(([first, second, third], index) => ({
    verb: /** @type {const} */ ('incr'),
    name: `metric.${index}`,
    value: '1',
    tags: /** @type {[string, string][]} */ ([
      [first, `'${methods[index % methods.length]}'`],
      [second, "'200'"],
      [third, 'routes[i % 50]'],
    ]),
    variants: () =>
      routes.map((route) => ({
        [first ?? '']: methods[index % methods.length] ?? '',
        [second ?? '']: '200',
        [third ?? '']: route,
      })),
    variant: 'i % 50',
  })),
});

/**
 * Series at random: what a process with many live ones does to the caches of the processor. The three tags are numbers of
 * one mixed-radix system, so that no tag has more than a hundred values.
 *
 * @param {number} count
 * @param {Verb} [verb]
 * @param {boolean} [inOrder] one after the other, so that as many calls as there are series meet each of them once
 * @returns {Scenario}
 */
function liveContexts(count, verb = 'incr', inOrder = false) {
  const regions = Array.from({ length: 10 }, (_, index) => `region-${index}`);
  const services = Array.from({ length: 100 }, (_, index) => `service-${index}`);
  const paths = Array.from({ length: Math.ceil(count / 1000) }, (_, index) => `/path/${index}`);
  const order = Uint32Array.from({ length: 1 << 20 }, (_, index) =>
    inOrder ? index % count : (Math.imul(index + 1, 2_654_435_761) >>> 0) % count,
  );
  return {
    title: `${count.toLocaleString('en')} live series, ${inOrder ? 'one after the other' : 'at random'}`,
    constants: { regions, services, paths, order, values },
    sites: [
      {
        verb,
        name: 'requests',
        value: VALUES[verb],
        tags: [
          ['region', 'regions[order[i & 1048575] % 10]'],
          ['service', 'services[((order[i & 1048575] / 10) | 0) % 100]'],
          ['path', 'paths[(order[i & 1048575] / 1000) | 0]'],
        ],
        variants: () => Array.from({ length: count }, (_, index) => contextTags(index)),
        variant: 'order[i & 1048575]',
      },
    ],
  };
}

/** @param {number} index */
function contextTags(index) {
  return {
    region: `region-${index % 10}`,
    service: `service-${((index / 10) | 0) % 100}`,
    path: `/path/${(index / 1000) | 0}`,
  };
}

/**
 * Every turn is a new series, as long as `next.from` advances; otherwise the same series come again.
 *
 * @returns {Scenario & { constants: { next: { from: number } } }}
 */
const newSeries = () => ({
  title: 'new series: three tags, one of ever new values',
  constants: { next: { from: 0 } },
  sites: [
    {
      verb: 'incr',
      name: 'requests',
      value: '1',
      tags: [
        ['method', "'GET'"],
        ['status', "'200'"],
        ['route', "'route-' + (next.from + i)"],
      ],
      variants: () => [],
      variant: '0',
    },
  ],
});

/** By their name in the results and on the command line. @type {Readonly<Record<string, () => Scenario>>} */
export const scenarios = {
  none: () => ({
    title: 'no tags',
    constants: {},
    sites: [{ verb: 'incr', name: 'requests', value: '1', tags: [], variants: () => [{}], variant: '0' }],
  }),
  c3: () => constant('incr'),
  v3: () => varying('incr'),
  f3: () => ({ ...varying('incr', "'/route/' + (i % 50)"), title: 'as v3, with a new string for each call' }),
  mega: megamorphic,
  'gauge-v3': () => ({ ...varying('gauge'), title: 'a gauge, tags as v3' }),
  'distribution-v3': () => ({ ...varying('distribution'), title: 'a distribution, tags as v3' }),
  'timing-v3': () => ({ ...varying('timing'), title: 'a timing, tags as v3' }),
  'timer-v3': timed,
  'contexts-10': () => liveContexts(10),
  'contexts-50': () => liveContexts(50),
  'contexts-100': () => liveContexts(100),
  'contexts-1k': () => liveContexts(1000),
  'contexts-10k': () => liveContexts(10_000),
  'contexts-100k': () => liveContexts(100_000),
  'contexts-1m': () => liveContexts(1_000_000),
  'new-series': newSeries,
  'each-20k-timing': () => liveContexts(20_000, 'timing', true),
  'each-100k': () => liveContexts(100_000, 'incr', true),
};

/**
 * The loop of a scenario for one contender.
 *
 * @param {Scenario} scenario
 * @param {(site: Site, scope: Record<string, unknown>) => string} call returns the source of one call and puts in
 *   `scope` what it refers to, in addition to the scenario's constants
 * @returns {{ run: (turns: number) => void, calls: number }} `calls` in each turn
 */
export function loopOf(scenario, call) {
  /** @type {Record<string, unknown>} */
  const scope = { ...scenario.constants };
  const calls = scenario.sites.map((site) => call(site, scope));
  const body = `return (turns) => { for (let i = 0; i < turns; i += 1) { ${calls.join('; ')} } };`;
  // oxlint-disable-next-line no-implied-eval -- the text is ours, and a closure per call site would be measured with it
  const run = new Function(...Object.keys(scope), body)(...Object.values(scope));
  return { run, calls: calls.length };
}

/** @param {Site['tags']} tags */
export function literal(tags) {
  return `{ ${tags.map(([key, expression]) => `${key}: ${expression}`).join(', ')} }`;
}
