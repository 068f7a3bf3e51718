import { words } from '../../src/reading/words.js';

test.each([
  ['requestId', ['request', 'id']],
  ['request_id', ['request', 'id']],
  ['request-id', ['request', 'id']],
  ['request.id', ['request', 'id']],
  ['REQUEST_ID', ['request', 'id']],
  ['RequestID', ['request', 'id']],
  ['X-Request-Id', ['x', 'request', 'id']],
  ['HTTPStatus', ['http', 'status']],
  ['ipV4Address', ['ip', 'v4', 'address']],
  ['größeMaximum', ['größe', 'maximum']],
  ['paid', ['paid']],
  ['__id__', ['id']],
  ['', []],
  ['--', []],
])('the words of %p are %p', (name, expected) => {
  expect(words(name)).toEqual(expected);
});
