import { ResolvedHost } from '../../src/transport/resolved-host.js';

type LookupResult = Error | { address: string; family: number }[];

/** A host whose lookups have these results; the last one repeats. */
function setUp(host: string, ...results: LookupResult[]) {
  const addresses: string[] = [];
  const failures: string[] = [];
  let lookups = 0;
  const resolved = new ResolvedHost({
    host,
    onAddress: (address) => addresses.push(address),
    onFailure: (error) => failures.push(error.message),
    lookup: (_host, _options, callback) => {
      const result = results[Math.min(lookups, results.length - 1)]!;
      lookups += 1;
      if (result instanceof Error) callback(result);
      else callback(null, result);
    },
  });
  return { addresses, failures, lookups: () => lookups, resolved };
}

const four = (address: string) => ({ address, family: 4 });
const six = (address: string) => ({ address, family: 6 });

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

test('a literal address is never looked up', async () => {
  for (const literal of ['127.0.0.1', '::1', 'fe80::1%1']) {
    const { addresses, lookups, resolved } = setUp(literal, new Error('unexpected'));
    expect(addresses).toEqual([literal]);
    await jest.advanceTimersByTimeAsync(600_000);
    expect(lookups()).toBe(0);
    resolved.close();
  }
});

test('a name is looked up once, then every minute; a new address replaces the old one', async () => {
  const { addresses, lookups, resolved } = setUp(
    'statsd.test',
    [four('10.0.0.1')],
    [four('10.0.0.1')],
    [four('10.0.0.2')],
  );
  await jest.advanceTimersByTimeAsync(0);
  expect(addresses).toEqual(['10.0.0.1']);
  await jest.advanceTimersByTimeAsync(59_000);
  expect(lookups()).toBe(1);
  await jest.advanceTimersByTimeAsync(61_000);
  expect(lookups()).toBe(3);
  expect(addresses).toEqual(['10.0.0.1', '10.0.0.2']);
  expect(resolved.address).toBe('10.0.0.2');
  resolved.close();
});

test('the order is that of the system, and the same addresses in another order are not a change', async () => {
  const first = [six('fd00::1'), four('10.0.0.1'), four('10.0.0.2')];
  const { addresses, resolved } = setUp('statsd.test', first, [four('10.0.0.2'), six('fd00::1')]);
  await jest.advanceTimersByTimeAsync(130_000);
  expect(addresses).toEqual(['fd00::1']);
  resolved.close();
});

test('an address that refuses is left for the next one, and the name is looked up immediately, but once a second', async () => {
  const all = [six('fd00::1'), four('10.0.0.1'), four('10.0.0.2')];
  const { addresses, lookups, resolved } = setUp('statsd.test', all, all, [four('10.0.0.9')]);
  await jest.advanceTimersByTimeAsync(30_000);
  resolved.leaveAddress();
  expect(addresses).toEqual(['fd00::1', '10.0.0.1']);
  await jest.advanceTimersByTimeAsync(0);
  expect(lookups()).toBe(2);
  for (let refusal = 0; refusal < 3; refusal += 1) resolved.leaveAddress();
  expect(addresses.slice(2)).toEqual(['10.0.0.2', 'fd00::1', '10.0.0.1']);
  await jest.advanceTimersByTimeAsync(999);
  expect(lookups()).toBe(2);
  await jest.advanceTimersByTimeAsync(1);
  expect(lookups()).toBe(3);
  expect(resolved.address).toBe('10.0.0.9');
  // A single address is kept.
  resolved.leaveAddress();
  expect(resolved.address).toBe('10.0.0.9');
  resolved.close();
  resolved.leaveAddress();
  expect(jest.getTimerCount()).toBe(0);
});

test('the first of several failures is reported, lookups are retried after growing waits, and a stale address stays', async () => {
  const broken = new Error('EAI_AGAIN');
  const results: LookupResult[] = [broken, broken, broken, [four('10.0.0.1')], broken, broken, [four('10.0.0.1')]];
  const { addresses, failures, lookups, resolved } = setUp('statsd.test', ...results);
  await jest.advanceTimersByTimeAsync(0);
  expect(lookups()).toBe(1);
  await jest.advanceTimersByTimeAsync(1000);
  expect(lookups()).toBe(2);
  await jest.advanceTimersByTimeAsync(1999);
  expect(lookups()).toBe(2);
  await jest.advanceTimersByTimeAsync(1);
  expect(failures).toEqual(['EAI_AGAIN']);
  await jest.advanceTimersByTimeAsync(4000);
  expect(addresses).toEqual(['10.0.0.1']);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(failures).toEqual(['EAI_AGAIN', 'EAI_AGAIN']);
  expect(resolved.address).toBe('10.0.0.1');
  await jest.advanceTimersByTimeAsync(3000);
  expect(lookups()).toBe(7);
  expect(addresses).toEqual(['10.0.0.1']);
  resolved.close();
});

test('calls during an attempt share it; a later call starts a new one', async () => {
  const { lookups, resolved } = setUp('statsd.test', new Error('EAI_AGAIN'), [four('10.0.0.1')]);
  const both = Promise.all([resolved.resolve(), resolved.resolve()]);
  expect(await both).toEqual([false, false]);
  expect(lookups()).toBe(1);
  expect(await resolved.resolve()).toBe(true);
  expect(lookups()).toBe(2);
  resolved.close();
});

test('a lookup that throws is a failure, and a closed host is not looked up again', async () => {
  const failures: Error[] = [];
  const resolved = new ResolvedHost({
    host: 'bad\0name',
    onAddress: () => {},
    onFailure: (error) => failures.push(error),
    lookup: () => {
      throw new TypeError('invalid name');
    },
  });
  expect(await resolved.resolve()).toBe(false);
  expect(failures).toHaveLength(1);
  resolved.close();
  expect(jest.getTimerCount()).toBe(0);
});
