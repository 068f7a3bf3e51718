import { createMetrics, sentryTagRules, tagSeverity } from '../../src/index.js';

it.each([
  'request_id',
  'requestId',
  'request-id',
  'request.id',
  'REQUEST_ID',
  'RequestID',
  'requestid',
  'Request-Id',
  'event_id',
  'trace_id',
  'spanId',
  'session_id',
  'transaction_id',
  'UUID',
  'email',
  'e-mail',
  'IP',
  'url',
])('%s is never a tag', (key) => {
  expect(tagSeverity(key)).toBe('never');
});

it.each([
  'id',
  'ID',
  'Id',
  'user_id',
  'userId',
  'userID',
  'user-id',
  'user.id',
  'USER_ID',
  'org_Id',
  '_id',
  'x-request-id',
])('%s is a tag to avoid', (key) => {
  expect(tagSeverity(key)).toBe('avoid');
});

it.each([
  '',
  'paid',
  'valid',
  'grid',
  'PAID',
  'GRID',
  'Grid',
  'void',
  'idle',
  'id_type',
  'ids',
  'ID2',
  'identity',
  'ipv4',
  'platform',
  'status',
  'task_name',
  'endpoint',
  'region',
  'emails',
  '__proto__',
  'constructor',
  'eventually',
])('%s is a tag like any other', (key) => {
  expect(tagSeverity(key)).toBeUndefined();
});

it("Sentry's rules are options of register", () => {
  expect(() => createMetrics({ cardinality: sentryTagRules })).not.toThrow();
});
