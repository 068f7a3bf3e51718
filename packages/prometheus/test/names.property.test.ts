import fc from 'fast-check';
import { parseExposition } from 'test-kit/parse-exposition';
import { PrometheusBackend } from '../src/index.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    'a.b',
    'a_b',
    'a b',
    'le',
    'job',
    'instance',
    '__name__',
    'x_total',
    'x_ms',
    '1',
    '\uD800',
    '\uD801',
    '\0',
    '"',
    '\\',
    '\n',
    '\\n',
    '}',
    ',',
  ),
);
const series = fc.record({
  kind: fc.constantFrom('counter', 'gauge', 'timing', 'distribution', 'set'),
  name: text,
  tags: fc.array(fc.tuple(text, text), { maxLength: 4 }),
  instance: fc.option(text, { nil: undefined }),
  unit: fc.option(fc.constantFrom('byte', 'millisecond', 'percent', 'größe', ''), { nil: undefined }),
  description: fc.option(text, { nil: undefined }),
});

test.each([false, true])(
  'any names, tags and descriptions are a valid exposition, with every sample counted; OpenMetrics: %s',
  async (isOpenMetrics) => {
    await fc.assert(
      fc.asyncProperty(fc.array(series, { maxLength: 12 }), async (all) => {
        const backend = new PrometheusBackend({ format: 'auto' });
        all.forEach((each, id) => {
          backend.open(id, { ...each, key: each.name } as never);
          if (each.kind === 'counter') backend.incr(id, 1);
          else if (each.kind === 'gauge') backend.gauge(id, 1);
          else if (each.kind === 'set') backend.set(id, 'a');
          else backend[each.kind as 'timing'](id, 1);
        });
        let exposed = '';
        for await (const part of backend.scrape(isOpenMetrics ? 'application/openmetrics-text' : '').body)
          exposed += part;
        const families = parseExposition(exposed, isOpenMetrics);
        const { accepted, sent, dropped } = backend.stats();
        const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
        expect([accepted, sent + lost]).toEqual([all.length, all.length]);
        // Sent samples are there: counters and histograms count it, gauges have a value.
        const counted = families.flatMap(({ type, samples }) =>
          samples.map(({ name, value }) =>
            type === 'counter' || (type === 'histogram' && name.endsWith('_count')) ? value : type === 'gauge' ? 1 : 0,
          ),
        );
        const shown = counted.reduce((sum, count) => sum + count, 0);
        expect(shown).toBeLessThanOrEqual(sent);
        expect(shown > 0).toBe(sent > 0);
      }),
      { numRuns: 300 },
    );
  },
);
