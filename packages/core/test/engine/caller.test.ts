import { isSameCaller } from '../../src/engine/caller.js';

const OWN = 'file:///app/node_modules/@metrics/core/dist/index.mjs';

/** An error as it is created in `Lifecycle.register`, which the facade calls, which these places call. */
function registeredAt(...places: readonly string[]): Error {
  const frames = [`Lifecycle.register (${OWN}:10:20)`, `Metrics.register (${OWN}:30:40)`, ...places];
  return Object.assign(new Error('registered here'), {
    stack: ['Error: registered here', ...frames.map((frame) => `    at ${frame}`)].join('\n'),
  });
}

const isSame = (one: string, other: string, mode?: string): boolean =>
  isSameCaller(mode, registeredAt(one), registeredAt(other));

it.each([undefined, '', 'test', 'staging'])('a call at the same place ran again, with NODE_ENV=%s', (mode) => {
  expect(isSame('start (/app/main.js:3:5)', 'start (/app/main.js:3:5)', mode)).toBe(true);
  expect(isSame('start (/app/main.js:3:5)', 'start (/app/main.js:4:5)', mode)).toBe(false);
  expect(isSame('start (/app/main.js:3:5)', 'start (/app/main.js:3:6)', mode)).toBe(false);
  expect(isSame('start (/app/main.js:13:15)', 'start (/app/main.js:13:16)', mode)).toBe(false);
  expect(isSame('start (/app/main.js:3:5)', 'start (/app/other.js:3:5)', mode)).toBe(false);
});

it('in development the same file is enough, in production nothing is', () => {
  expect(isSame('start (/app/main.js:3:5)', 'start (/app/main.js:4:5)', 'development')).toBe(true);
  expect(isSame('start (/app/main.js:3:5)', 'start (/app/other.js:3:5)', 'development')).toBe(false);
  expect(isSame('start (/app/main.js:3:5)', 'start (/app/main.js:3:5)', 'production')).toBe(false);
});

it.each([
  ['/app/main.js:3:5', 'a module'],
  ['async start (/app/main.js:3:5)', 'an async function'],
  ['start (file:///app/main.js:3:5)', 'an address'],
  ['start (file:///app/main.js?t=17329:3:5)', 'an address with a version'],
  ['start (file:///app/ma%20in.js?id=[a]/(b):3:5)', 'an encoded address'],
  ['new Shop (/app/main.js:3:5)', 'a constructor'],
])('the place is found in %s, of %s', (place) => {
  const plain = place.includes('%20') ? '/app/main.js:3:5' : 'start (/app/main.js:3:5)';
  expect(isSame(place, plain)).toBe(true);
  expect(isSame(place, plain.replace('main', 'other'))).toBe(false);
  expect(isSame(place, plain.replace(':3:5', ':3:55'))).toBe(false);
});

it('brackets and colons that an address encodes do not matter, other names do', () => {
  const path = '/app/[root]__1s-w._.js:3:5';
  expect(isSame(path, 'file:///app/%5Broot%5D__1s-w._.js:3:5')).toBe(true);
  expect(isSame(path, '/app/[other]__1s-w._.js:3:5')).toBe(false);
  expect(isSame('/app/a-b.js:3:5', '/app/ab.js:3:5')).toBe(false);
  expect(isSame('/app/a.js:3:5', '/app/ajs:3:5')).toBe(false);
  expect(isSame('/file:/a.js:3:5', '/a.js:3:5')).toBe(false);
});

it('frames of this package and of Node.js are skipped, others are not', () => {
  const main = 'start (/app/main.js:3:5)';
  const all = registeredAt(`configure (${OWN}:50:60)`, 'Module.run (node:internal/modules:7:8)', main);
  expect(isSameCaller(undefined, all, registeredAt(main))).toBe(true);
  const other = registeredAt(`configure (${OWN}:51:60)`, 'Module.run (node:internal/modules:9:8)', main);
  expect(isSameCaller(undefined, all, other)).toBe(true);
  expect(isSameCaller(undefined, all, registeredAt('start (/app/node:/main.js:3:5)', main))).toBe(false);
});

it('in a bundle, which has one file for all, the first frame after the package counts', () => {
  const bundled = (line: number): Error => registeredAt(`start (${OWN}:${line}:5)`, `main (${OWN}:1:1)`);
  expect(isSameCaller(undefined, bundled(70), bundled(70))).toBe(true);
  expect(isSameCaller(undefined, bundled(70), bundled(71))).toBe(false);
});

it('frames as of Safari and Firefox are read', () => {
  const at = (line: number): Error =>
    Object.assign(new Error('registered here'), {
      stack: ['register', 'register', 'start']
        .map((name, index) => `${name}@https://a.b/${index}.js:${line}:5`)
        .join('\n'),
    });
  expect(isSameCaller(undefined, at(3), at(3))).toBe(true);
  expect(isSameCaller(undefined, at(3), at(4))).toBe(false);
});

it.each<[string, Error | undefined]>([
  ['no registration before', undefined],
  ['no stack', Object.assign(new Error(), { stack: undefined })],
  ['a list instead of a stack', Object.assign(new Error(), { stack: [{}, {}] })],
  ['no frames of a caller', registeredAt()],
  ['words that only look like a place', Object.assign(new Error(), { stack: 'a:1:2 b\nc:1:2 d\ne:1:2 f' })],
])('%s is no place', (_name, error) => {
  expect(isSameCaller(undefined, error, error)).toBe(false);
  expect(isSameCaller(undefined, error, registeredAt('/app/main.js:3:5'))).toBe(false);
});
