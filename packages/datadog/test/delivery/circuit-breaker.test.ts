import { CircuitBreaker } from '../../src/delivery/circuit-breaker.js';
import { parseRetryAfter } from '../../src/delivery/retry-after.js';

test('waits double up to 64 seconds, and are drawn from the whole range below', () => {
  const longest = new CircuitBreaker(() => 0.999_999);
  const waits = Array.from({ length: 8 }, () => {
    longest.recordFailure(0);
    return Math.round(longest.wait(0));
  });
  expect(waits).toEqual([2000, 4000, 8000, 16_000, 32_000, 64_000, 64_000, 64_000]);
  const shortest = new CircuitBreaker(() => 0);
  shortest.recordFailure(0);
  expect(shortest.wait(0)).toBe(0);
});

test('it is open while it waits, half open after that, and closed by a success', () => {
  const breaker = new CircuitBreaker(() => 0.5);
  expect(breaker.state(0)).toBe('closed');
  breaker.recordFailure(0);
  expect([breaker.state(0), breaker.state(999), breaker.state(1000)]).toEqual(['open', 'open', 'half_open']);
  breaker.recordSuccess();
  expect(breaker.state(0)).toBe('closed');
});

test('the wait that a server asks for is kept, up to 64 seconds', () => {
  const breaker = new CircuitBreaker(() => 0);
  breaker.recordFailure(0, 5000);
  expect(breaker.wait(0)).toBe(5000);
  breaker.recordFailure(0, 1e12);
  expect(breaker.wait(0)).toBe(64_000);
});

test.each([
  [undefined, undefined],
  ['120', 120_000],
  [' 0 ', 0],
  ['Mon, 21 Sep 2026 14:14:00 GMT', 40_000],
  ['Mon, 21 Sep 2026 14:00:00 GMT', undefined],
  ['soon', undefined],
  ['-5', undefined],
])('Retry-After: %s is parsed', (header, milliseconds) => {
  expect(parseRetryAfter(header, Date.UTC(2026, 8, 21, 14, 13, 20))).toBe(milliseconds);
});
