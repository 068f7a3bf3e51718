import { CircuitBreaker } from '../../src/delivery/circuit-breaker.js';
import { retryAfter } from '../../src/delivery/retry-after.js';

test('waits double up to 64 seconds, spread by chance over the whole range', () => {
  const most = new CircuitBreaker(() => 0.999_999);
  const waits = Array.from({ length: 8 }, () => {
    most.failed(0);
    return Math.round(most.wait(0));
  });
  expect(waits).toEqual([2000, 4000, 8000, 16_000, 32_000, 64_000, 64_000, 64_000]);
  const least = new CircuitBreaker(() => 0);
  least.failed(0);
  expect(least.wait(0)).toBe(0);
});

test('it is open while it waits, half open when the time is over, and closed by a success', () => {
  const breaker = new CircuitBreaker(() => 0.5);
  expect(breaker.state(0)).toBe('closed');
  breaker.failed(0);
  expect([breaker.state(0), breaker.state(999), breaker.state(1000)]).toEqual(['open', 'open', 'half_open']);
  breaker.succeeded();
  expect(breaker.state(0)).toBe('closed');
});

test('what a server asks for is kept up to 64 seconds', () => {
  const breaker = new CircuitBreaker(() => 0);
  breaker.failed(0, 5000);
  expect(breaker.wait(0)).toBe(5000);
  breaker.failed(0, 1e12);
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
])('Retry-After: %s', (header, milliseconds) => {
  expect(retryAfter(header, Date.UTC(2026, 8, 21, 14, 13, 20))).toBe(milliseconds);
});
