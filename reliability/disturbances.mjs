// @ts-check
// What an application or its machine does to itself.
import { closeSync, openSync } from 'node:fs';

/** @param {number} milliseconds */
export function blockEventLoop(milliseconds) {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

/** Sets the wall clock of this process to another time, as an administrator may. @param {number} milliseconds */
export function shiftClock(milliseconds) {
  const RealDate = Date;
  const now = () => RealDate.now() + milliseconds;
  globalThis.Date = new Proxy(RealDate, {
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
    construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
    apply: () => new RealDate(now()).toString(),
  });
}

/** Opens files until the system refuses, and closes them later. @param {number} milliseconds */
export function exhaustDescriptors(milliseconds) {
  /** @type {number[]} */
  const opened = [];
  try {
    for (;;) opened.push(openSync('/dev/null', 'r'));
  } catch {}
  setTimeout(() => {
    for (const descriptor of opened) closeSync(descriptor);
  }, milliseconds);
}
