import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import fc from 'fast-check';
import { type Endpoint, SERIES_V1, SERIES_V2 } from '../../src/payload/endpoint.js';
import { buildPayloads, type Payload, sampleCount, splitPayload } from '../../src/payload/payload.js';

const decompress = promisify(inflate);

const RAW: Endpoint = { ...SERIES_V2, deflated: false };

async function entriesOf({ endpoint, body }: Payload): Promise<unknown[]> {
  const text = (endpoint.deflated ? await decompress(body) : body).toString();
  return (JSON.parse(text) as { series: unknown[] }).series;
}

const entries = fc.array(fc.record({ text: fc.string({ unit: 'grapheme', maxLength: 60 }), samples: fc.nat(1000) }), {
  minLength: 1,
  maxLength: 200,
});
const limits = fc.record({
  deflated: fc.boolean(),
  maxBytes: fc.integer({ min: 60, max: 2000 }),
  maxRawBytes: fc.integer({ min: 60, max: 4000 }),
});

test('payloads hold all entries in order as valid JSON, within the limits unless one is a single entry', async () => {
  await fc.assert(
    fc.asyncProperty(entries, limits, async (given, limit) => {
      const endpoint: Endpoint = { ...SERIES_V2, ...limit };
      const strings = given.map(({ text }) => JSON.stringify({ text }));
      const samples = given.map((each) => each.samples);
      const payloads = await buildPayloads({ endpoint, entries: strings, samples, datedAt: 7 });
      const parts = await Promise.all(payloads.map(entriesOf));
      expect(parts.flat()).toEqual(given.map(({ text }) => ({ text })));
      expect(payloads.flatMap((payload) => [...payload.samples])).toEqual(samples);
      payloads.forEach((payload, index) => {
        expect(payload.datedAt).toBe(7);
        expect(payload.ends).toHaveLength(parts[index]!.length);
        if (payload.ends.length > 1) expect(payload.body.length).toBeLessThanOrEqual(limit.maxBytes);
      });
    }),
    { numRuns: 60 },
  );
});

test('halves contain everything of the whole, down to single entries', async () => {
  await fc.assert(
    fc.asyncProperty(entries, async (given) => {
      const strings = given.map(({ text }) => JSON.stringify({ text }));
      const whole = {
        endpoint: SERIES_V1,
        entries: strings,
        samples: given.map(({ samples }) => samples),
        datedAt: 7,
      };
      let payloads = await buildPayloads(whole);
      const samples = sampleCount(payloads[0]!);
      while (payloads.some(({ ends }) => ends.length > 1)) {
        payloads = (
          await Promise.all(
            payloads.map((each) => (each.ends.length > 1 ? splitPayload(each) : Promise.resolve([each]))),
          )
        ).flat();
      }
      expect(payloads).toHaveLength(given.length);
      expect((await Promise.all(payloads.map(entriesOf))).flat()).toEqual(given.map(({ text }) => ({ text })));
      expect(payloads.reduce((sum, payload) => sum + sampleCount(payload), 0)).toBe(samples);
    }),
    { numRuns: 30 },
  );
});

test.each(['maxBytes', 'maxRawBytes'])('a payload of exactly %s is not split', async (limit) => {
  const content = { entries: ['1', '"größe"', '3'], samples: [1, 1, 1], datedAt: 7 };
  const body = Buffer.from('{"series":[1,"größe",3]}');
  const build = (bytes: number) => buildPayloads({ ...content, endpoint: { ...RAW, [limit]: bytes } });
  expect((await build(body.length)).map((payload) => payload.body)).toEqual([body]);
  const smaller = await build(body.length - 1);
  expect((await Promise.all(smaller.map(entriesOf))).flat()).toEqual([1, 'größe', 3]);
  expect(smaller.length).toBeGreaterThan(1);
});

// https://www.rfc-editor.org/rfc/rfc1950#section-2.2
test('bodies are compressed at the fastest level', async () => {
  const [payload] = await buildPayloads({ endpoint: SERIES_V2, entries: ['1'], samples: [1], datedAt: 7 });
  expect([payload!.body[0]! & 0x0f, payload!.body[1]! >> 6]).toEqual([8, 0]);
});
