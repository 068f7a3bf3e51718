import assert from 'node:assert/strict';
import type { BackendStats, Problem } from '@metrics/core';

/** Checks that stats are counts that add up, as they must at every moment. */
export function checkStats({ accepted, sent, dropped, pending, sampledOut }: BackendStats): void {
  const counts = { ...dropped, accepted, sent, pending, sampledOut };
  for (const [name, count] of Object.entries(counts)) {
    assert.ok(Number.isSafeInteger(count) && count >= 0, `stats: ${name} is ${count}, not a count`);
  }
  for (const reason of Object.keys(dropped)) assertSnakeCase(reason, 'reason in stats().dropped');
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  assert.equal(sent + lost + pending, accepted, `sent ${sent} + dropped ${lost} + pending ${pending} is not accepted`);
}

/** Checks that a problem has a code, a message and a count. */
export function checkProblem({ code, message, count }: Problem): void {
  assertSnakeCase(code, 'code of a problem');
  assert.ok(typeof message === 'string' && message.length > 0, `problem ${code} has no message`);
  assert.ok(Number.isSafeInteger(count) && count > 0, `problem ${code} has a count of ${count}`);
}

function assertSnakeCase(value: unknown, name: string): void {
  assert.ok(
    typeof value === 'string' && /^[a-z][a-z0-9_]*$/.test(value),
    `${name} is not snake_case: ${String(value)}`,
  );
}
