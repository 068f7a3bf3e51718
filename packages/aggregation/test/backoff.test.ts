import { Backoff } from '../src/index.js';

test('waits double up to the maximum, and begin again after a success', () => {
  const backoff = new Backoff({ initial: 100, max: 350 });
  expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([100, 200, 350, 350]);
  backoff.reset();
  expect([backoff.next(), backoff.next()]).toEqual([100, 200]);
});

test('with jitter a wait is drawn from its full length, and the next one is not shorter for it', () => {
  const draws = [0.5, 0, 0.25];
  const backoff = new Backoff({ initial: 100, max: 1000, jitter: true, random: () => draws.shift()! });
  expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([50, 0, 100]);
  const other = new Backoff({ initial: 100, max: 1000, jitter: true });
  const wait = other.next();
  expect(wait >= 0 && wait < 100).toBe(true);
});
