import { ResolvedHost } from '../../src/transport/resolved-host.js';

type Answer = Error | { address: string; family: number }[];

/** A resolver with its answers written down; the last one repeats. */
function setUp(host: string, ...answers: Answer[]) {
  const addresses: string[] = [];
  const failures: string[] = [];
  let lookups = 0;
  const resolved = new ResolvedHost({
    host,
    onAddress: (address) => addresses.push(address),
    onFailure: (error) => failures.push(error.message),
    lookup: (_host, _options, callback) => {
      const answer = answers[Math.min(lookups, answers.length - 1)]!;
      lookups += 1;
      if (answer instanceof Error) callback(answer);
      else callback(null, answer);
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

test('IPv4 is preferred, and round robin is no change', async () => {
  const first = [six('fd00::1'), four('10.0.0.1'), four('10.0.0.2')];
  const { addresses, resolved } = setUp('statsd.test', first, [four('10.0.0.2'), four('10.0.0.1')]);
  await jest.advanceTimersByTimeAsync(130_000);
  expect(addresses).toEqual(['10.0.0.1']);
  resolved.close();
  const onlySix = setUp('statsd.test', [six('fd00::1')]);
  await jest.advanceTimersByTimeAsync(0);
  expect(onlySix.addresses).toEqual(['fd00::1']);
  onlySix.resolved.close();
});

test('failures are told once in a row and tried again with growing pauses; a stale address stays', async () => {
  const broken = new Error('EAI_AGAIN');
  const answers: Answer[] = [broken, broken, broken, [four('10.0.0.1')], broken, broken, [four('10.0.0.1')]];
  const { addresses, failures, lookups, resolved } = setUp('statsd.test', ...answers);
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

test('those who ask during an attempt share it; afterwards they start a new one', async () => {
  const { lookups, resolved } = setUp('statsd.test', new Error('EAI_AGAIN'), [four('10.0.0.1')]);
  const both = Promise.all([resolved.resolve(), resolved.resolve()]);
  expect(await both).toEqual([false, false]);
  expect(lookups()).toBe(1);
  expect(await resolved.resolve()).toBe(true);
  expect(lookups()).toBe(2);
  resolved.close();
});

test('a resolver that throws is a failure, and a closed host is left alone', async () => {
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
