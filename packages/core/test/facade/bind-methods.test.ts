import { bindLazily, bindMethods } from '../../src/facade/bind-methods.js';
import { createMetrics } from '../../src/index.js';

/** Returns a class whose prototype is as it was written. */
const createClass = () =>
  class Counter {
    count = 0;
    add(amount: number): number {
      this.count += amount;
      return this.count;
    }
    reset(): void {
      this.count = 0;
    }
  };

describe.each([
  ['immediately', bindMethods],
  ['when they are used', bindLazily],
])('methods that are bound %s', (_when, bind) => {
  it('work without their object, each with its own', () => {
    const Counter = createClass();
    const [one, other] = [new Counter(), new Counter()];
    for (const each of [one, other]) bind(each, Counter.prototype);
    const { add } = one;
    add(2);
    [3].forEach(other.add);
    expect([one.count, other.count]).toEqual([2, 3]);
    const inherited = Object.create(one) as typeof one;
    inherited.add(1);
    new Proxy(one, {}).add(1);
    expect([one.count, Object.keys(inherited)]).toEqual([4, []]);
    expect(one.constructor).toBe(Counter);
  });

  it('can be replaced and removed again, on an object and on its prototype', () => {
    const Counter = createClass();
    const counter = new Counter();
    bind(counter, Counter.prototype);
    expect(counter.add(1)).toBe(1);
    counter.add = () => 7;
    expect(counter.add(1)).toBe(7);
    counter.add = () => 8;
    expect(counter.add(1)).toBe(8);
    expect(Object.keys(counter)).toEqual(['count']);
    expect(Reflect.deleteProperty(counter, 'add')).toBe(true);
    expect(counter.add(1)).toBe(2);
    Object.defineProperty(Counter.prototype, 'reset', { value: () => 9 });
    const next = new Counter();
    expect(next.reset()).toBe(9);
  });
});

it('a method of the class is found without an object, as test tools look for it', () => {
  const Counter = createClass();
  const { add } = Counter.prototype;
  bindLazily(new Counter(), Counter.prototype);
  const descriptor = Object.getOwnPropertyDescriptor(Counter.prototype, 'add')!;
  expect(descriptor.get!.call(undefined)).toBe(add);
  expect(Counter.prototype.add).toBe(add);
  expect(Counter.prototype.constructor).toBe(Counter);
  expect(Object.getOwnPropertyDescriptor(Counter.prototype, 'constructor')!.value).toBe(Counter);
});

it('the root has its methods as properties, where test tools look for them; children of any kind have none', () => {
  const metrics = createMetrics();
  expect(Object.getOwnPropertyNames(metrics)).toEqual(expect.arrayContaining(['incr', 'child', 'close']));
  for (const child of [metrics.child({ prefix: 'a.' }), metrics.child({ tags: { a: 1 } })])
    expect(Object.getOwnPropertyNames(child)).toEqual([]);
});
