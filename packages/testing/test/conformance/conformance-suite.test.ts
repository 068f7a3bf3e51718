import { AssertionError } from 'node:assert/strict';
import { conformanceChecks } from '../../src/conformance.js';
import { bufferingSubject } from './buffering-backend.js';
import { flaws } from './flawed-backends.js';

const byName = new Map(conformanceChecks.map((check) => [check.name, check]));

test.each(flaws)('a backend that $flaw fails "$check"', async ({ backend, check, message }) => {
  let failure: unknown;
  // The samples of many flawed backends never arrive, so the first timeout is short. A busy machine may need a longer one.
  for (const timeout of [100, 1000, 10_000]) {
    failure = await byName
      .get(check)
      ?.run({ ...backend, timeout })
      .then(
        () => 'none',
        (error: unknown) => error,
      );
    if (message.test(String(failure)) || !/did not resolve within/.test(String(failure))) break;
  }
  expect(failure).toBeInstanceOf(AssertionError);
  expect(String(failure)).toMatch(message);
});

test('every check has a flaw that it finds', () => {
  const found = new Set(flaws.map(({ check }) => check));
  expect([...byName.keys()].filter((name) => !found.has(name))).toEqual([]);
});

test('the names of the checks differ', () => {
  expect(byName.size).toBe(conformanceChecks.length);
});

test('a program that ends by itself passes', async () => {
  const program = { source: 'setInterval(() => {}, 1000).unref()' };
  await byName.get('a program that forgets to close still ends')?.run({ ...bufferingSubject(), program });
});

test('a fixture is disposed of after its backend was closed, also if the check fails', async () => {
  const subject = bufferingSubject();
  for (const capabilities of [subject.capabilities, { ...subject.capabilities, events: false }]) {
    const order: string[] = [];
    const run = byName.get('the backend has exactly the optional methods that its capabilities list')?.run({
      capabilities,
      create: async () => {
        const fixture = await subject.create();
        const close = fixture.backend.close.bind(fixture.backend);
        fixture.backend.close = (options) => {
          order.push('close');
          return close(options);
        };
        return { ...fixture, dispose: () => void order.push('dispose') };
      },
    });
    await run?.catch(() => order.unshift('failure'));
    expect(order).toEqual(capabilities.events ? ['close', 'dispose'] : ['failure', 'close', 'dispose']);
  }
});
