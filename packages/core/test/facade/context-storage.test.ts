import { AsyncLocalStorage } from 'node:async_hooks';
import type { Metrics, Problem } from '../../src/index.js';
import type { JournalBackend } from '../journal-backend.js';
import { setUp } from '../set-up.js';

const { getBuiltinModule } = process;
const edge = globalThis as { AsyncLocalStorage?: unknown };

let backend: JournalBackend;
let problems: Problem[];
let metrics: Metrics;

beforeEach(() => {
  ({ backend, metrics, problems } = setUp());
});
afterEach(() => {
  process.getBuiltinModule = getBuiltinModule;
  delete edge.AsyncLocalStorage;
});

const record = (): void =>
  metrics.withTags({ a: 1 }, () => {
    metrics.addTags({ b: 2 });
    metrics.withTags({ c: 3 }, () => metrics.incr('x'));
    metrics.incr('y');
  });

describe('context tags', () => {
  it('are those of the enclosing calls, in Node.js', () => {
    record();
    expect(backend.lines).toEqual(['counter x{a=1,b=2,c=3} 1', 'counter y{a=1,b=2} 1']);
    expect(problems).toEqual([]);
  });

  it.each([
    ['no way to built-in modules', undefined],
    ['no built-in module of that name', () => undefined],
  ])('work in an edge runtime, which has %s but a global', (_name, lookup) => {
    process.getBuiltinModule = lookup as never;
    edge.AsyncLocalStorage = AsyncLocalStorage;
    record();
    expect(backend.lines).toEqual(['counter x{a=1,b=2,c=3} 1', 'counter y{a=1,b=2} 1']);
    expect(problems).toEqual([]);
  });

  it.each([
    ['without a global', undefined],
    ['without the module', () => undefined],
  ])('are dropped and reported in a runtime that has none, %s', (_name, lookup) => {
    process.getBuiltinModule = lookup as never;
    record();
    expect(backend.lines).toEqual(['counter x 1', 'counter y 1']);
    const message = 'This runtime has no AsyncLocalStorage: context tags are dropped.';
    expect(problems).toEqual([{ code: 'context_unavailable', count: 1, message }]);
  });
});

it('`await using` closes the backend', async () => {
  {
    await using own = metrics;
    own.incr('x');
  }
  expect(backend.closes).toBe(1);
});
