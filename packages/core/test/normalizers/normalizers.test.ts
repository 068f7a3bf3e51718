import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { errorName, routeTemplate, statusClass } from '../../src/normalizers/index.js';

const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true });

describe('statusClass', () => {
  it.each([
    [100, '1xx'],
    [200, '2xx'],
    ['204', '2xx'],
    [304, '3xx'],
    [404, '4xx'],
    [503, '5xx'],
    [599, '5xx'],
    [600, 'unknown'],
    [99, 'unknown'],
    [-200, 'unknown'],
    [200.5, 'unknown'],
    [Number.NaN, 'unknown'],
    ['', 'unknown'],
    ['OK', 'unknown'],
    [null, 'unknown'],
    [undefined, 'unknown'],
  ])('of %p is %s', (status, expected) => {
    expect(statusClass(status)).toBe(expected);
  });

  it('returns one of six strings for any value', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(statusClass(value as never)).toMatch(/^([1-5]xx|unknown)$/);
      }),
    );
  });
});

describe('routeTemplate', () => {
  it.each([
    ['/', '/'],
    ['', '/'],
    ['/users', '/users'],
    ['users/', '/users'],
    ['//users///42/', '/users/:id'],
    ['/users/42/posts/9f1c2d3e?x=1', '/users/:id/posts/:id'],
    ['/users/42#posts', '/users/:id'],
    ['https://ann:secret@example.com:8080/users/42?token=x', '/users/:id'],
    ['https://example.com?user=42', '/'],
    ['/orders/550e8400-e29b-41d4-a716-446655440000', '/orders/:id'],
    ['/orders/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '/orders/:id'],
    ['/orders/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/orders/:id'],
    ['/orders/cjld2cjxh0000qzrmn831i7rn', '/orders/:id'],
    ['/orders/V1StGXR8_Z5jdHi6B-myT', '/orders/:id'],
    ['/watch/dQw4w9WgXcQ', '/watch/:id'],
    ['/commits/deadbeefdeadbeefdeadbeefdeadbeefdeadbeef', '/commits/:id'],
    ['/commits/9f1c2d3', '/commits/:id'],
    ['/mail/ann@example.com/ann%40example.com', '/mail/:id/:id'],
    ['/hosts/10.0.0.1/fe80::1', '/hosts/:id/:id'],
    ['/reports/2024-01-31/1706659200000', '/reports/:id/:id'],
    ['/orders/order-42/cus_NffrFeUfNV2Hib', '/orders/:id/:id'],
    ['/assets/app.9f1c2d3e.js', '/assets/:id'],
    ['/assets/app.min.js', '/assets/app.min.js'],
    ['/blog/how-to-build-a-metrics-facade-that-never-fails', '/blog/:id'],
    ['/files/naïve/a b/a=b/%E2%9C%93', '/files/:id/:id/:id/:id'],
    ['/shop;jsessionid=1A2B3C/cart', '/shop/cart'],
    ['/api/v2/oauth2/callback', '/api/v2/oauth2/callback'],
    ['/api/v1.2/i18n/2fa/k8s/S3', '/api/v1.2/i18n/2fa/k8s/S3'],
    ['/getUserById/listURLs/API/userID/Users', '/getUserById/listURLs/API/userID/Users'],
    ['/terms-and-conditions/privacy_policy', '/terms-and-conditions/privacy_policy'],
    ['/users/:id/posts/{post_id}/[slug]/<path>/*', '/users/:id/posts/{post_id}/[slug]/<path>/*'],
    ['/users/:42/{9f1c2d3e}', '/users/:id/:id'],
    ['/v1/users:batchGet', '/v1/users:batchGet'],
    ['*', '/*'],
    ['s3://bucket/users/42', '/users/:id'],
    ['/a////////////////////b', '/a/b'],
    ['/a*b/a}b/a]b', '/:id/:id/:id'],
    ['/abcdefghij-abcdefghij-abcdefghij-abcdefg', '/abcdefghij-abcdefghij-abcdefghij-abcdefg'],
    ['/abcdefghij-abcdefghij-abcdefghij-abcdefgh', '/:id'],
    ['/a/b/c/d/e/f/g/h/i/j/k/l', '/a/b/c/d/e/f/g/h/i/j/k/l'],
    ['/a/b/c/d/e/f/g/h/i/j/k/l/m', '/a/b/c/d/e/f/g/h/i/j/k/l/*'],
  ])('of %p is %p', (path, expected) => {
    expect(routeTemplate(path)).toBe(expected);
  });

  it('ends in a star if there is no room for a segment and a star after it', () => {
    // 195 characters.
    const long = '/abcdefghij-abcdefghij-abcdefghij-abcde'.repeat(5);
    expect(routeTemplate(`${long}/ab`)).toBe(`${long}/ab`);
    expect(routeTemplate(`${long}/ab/cd`)).toBe(`${long}/ab/*`);
    expect(routeTemplate(`${long}/abc`)).toBe(`${long}/*`);
    expect(routeTemplate(`${long}/abc/d`)).toBe(`${long}/*`);
  });

  it('is short, has no query, and is its own template, for any string', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('/', ';', '?', '#', ':', 'a', '42', '*', '{'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const template = routeTemplate(pieces.join(''));
        expect(template).toMatch(/^\/[^?#; ]*$/);
        expect(template.length).toBeLessThanOrEqual(200);
        expect(routeTemplate(template)).toBe(template);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps words and replaces identifiers in any position', () => {
    const word = fc.constantFrom('users', 'posts', 'v2', 'oauth2', 'listAll', 'health-check', 'api', 'index.html');
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 24 }).map((array) => Buffer.from(array));
    const identifier = fc.oneof(
      fc.nat().map(String),
      fc.uuid(),
      fc.constant(0).map(() => randomUUID()),
      fc.ulid(),
      bytes.map((buffer) => buffer.toString('hex')),
      bytes
        .map((buffer) => buffer.toString('base64url'))
        .filter((token) => [/\d/, /[a-z]/, /[A-Z]/].every((one) => one.test(token))),
      fc.emailAddress().filter((address) => !/[/?#;]/.test(address)),
      fc.ipV4(),
      fc.date({ min: new Date(0), noInvalidDate: true }).map((date) => date.toISOString()),
    );
    const segment = fc.oneof(
      word.map((name) => [name, name]),
      identifier.map((value) => [value, ':id']),
    );
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 8 }), (segments) => {
        expect(routeTemplate(segments.map(([raw]) => `/${raw}`).join(''))).toBe(
          segments.map(([, shown]) => `/${shown}`).join(''),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('returns a template for any value, and takes linear time', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(routeTemplate(value as never)).toMatch(/^\//);
      }),
    );
    const start = performance.now();
    for (const unit of ['/', 'a', 'A', 'Aa', '1', '-', 'a1', '/a', 'a:', ';', '%', '@.', '?', '#', ' '])
      for (const [before, after] of [
        ['', ''],
        ['/x', 'x'],
        ['https://', '/'],
        ['x', '?'],
      ] as const)
        expect(routeTemplate(before + unit.repeat(500_000) + after).length).toBeLessThanOrEqual(200);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('errorName', () => {
  class HttpError extends Error {}
  const withCode = (code: unknown): Error => Object.assign(new Error('user 42 failed'), { code });
  const named = (name: unknown): Error => Object.assign(new Error('user 42 failed'), { name });

  it.each<[unknown, string]>([
    [new Error('user 42 failed'), 'Error'],
    [new TypeError('user 42 failed'), 'TypeError'],
    [new HttpError('user 42 failed'), 'HttpError'],
    [new DOMException('user 42 failed', 'AbortError'), 'AbortError'],
    [named('ValidationError'), 'ValidationError'],
    [named('failed for user 42'), 'Error'],
    [named('order-42'), 'Error'],
    [named(42), 'Error'],
    [withCode('ECONNREFUSED'), 'ECONNREFUSED'],
    [withCode('ERR_HTTP2_STREAM_ERROR'), 'ERR_HTTP2_STREAM_ERROR'],
    [withCode('auth/user-not-found'), 'auth/user-not-found'],
    [withCode('23505'), '23505'],
    [withCode('40P01'), '40P01'],
    [withCode('550e8400-e29b-41d4-a716-446655440000'), 'Error'],
    [withCode(20), 'Error'],
    [{ code: 'P2002' }, 'P2002'],
    [{}, 'Object'],
    [Object.create(null), 'unknown'],
    [Object.assign(Object.create(null), { code: 'P2002' }), 'P2002'],
    ['user 42 failed', 'string'],
    [42, 'number'],
    [undefined, 'undefined'],
    [null, 'null'],
  ])('of %p is %s', (error, expected) => {
    expect(errorName(error)).toBe(expected);
  });

  it('never throws and is never long, whatever was thrown', () => {
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    expect(errorName(revoked.proxy)).toBe('unknown');
    fc.assert(
      fc.property(anything, anything, anything, (name, code, thrown) => {
        expect(errorName(thrown)).toMatch(/^[\w$./-]{1,64}$/);
        expect(errorName(Object.assign(new Error('x'), { name, code }))).toMatch(/^[\w$./-]{1,64}$/);
      }),
    );
  });

  it('shows no identifier that a name, a code or a message holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uuid(),
          fc.ulid(),
          fc.emailAddress(),
          fc.nat().map((n) => `order-${n}`),
        ),
        (value) => {
          expect(errorName(Object.assign(new Error(value), { name: value, code: value }))).toBe('Error');
        },
      ),
    );
  });
});
