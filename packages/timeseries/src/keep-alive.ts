import { MAX_TIMEOUT } from './timer-delay.js';

/**
 * Keeps the process alive until a promise settles, which alone would not: someone awaits it. Work that nobody awaits must
 * not delay the end of the process.
 */
export async function keepAlive<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, MAX_TIMEOUT);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
