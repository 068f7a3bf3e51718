import { isDeepStrictEqual } from 'node:util';
import { waitUntil } from './wait-until.js';

/** Polls until a value is as expected. Throws an error with the last value when it is not within half a minute. */
export async function waitForValue<Value>(read: () => Promise<Value>, expected: Value): Promise<void> {
  let value: Value;
  await waitUntil(
    async () => {
      value = await read();
      return isDeepStrictEqual(value, expected);
    },
    () => value,
  );
}
