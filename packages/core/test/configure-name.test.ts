import { configure } from '../src/index.js';

test.each(['redis://user:sesame@host', 'a\u009b2Jb', '\u0085', ':\u2028:', 'a\u009b\n:'])(
  'a name of a backend that cannot be found is shown without a password and without control characters: %j',
  (backend) => {
    let message = '';
    try {
      configure({ backend, from: __filename });
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).toMatch(/^The metrics backend ".*" could not be created: /);
    expect(message).not.toMatch(/sesame|[\p{Cc}\p{Zl}]/u);
  },
);
