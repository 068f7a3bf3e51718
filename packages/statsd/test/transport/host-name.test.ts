import { checkHost, parseHost } from '../../src/transport/host-name.js';

test.each(['localhost', '127.0.0.1', '::1', '[::1]', 'größe.example', 'agent-1.internal'])('%s is a host', (host) => {
  expect(parseHost(host)).toBe(host.replace(/[[\]]/g, ''));
});

test.each([
  '\u0085',
  'a\u009b2Jb',
  '\ud800',
  'a\u202eb',
  'a\u200bb',
  'a b',
  'host:8125',
  'http://host',
  '',
  'h'.repeat(254),
])('%j is no host: no name has such a character, and messages show names', (host) => {
  expect(parseHost(host)).toBeUndefined();
  expect(() => checkHost('host', host)).toThrow(/^host must be a name or an address/);
});
