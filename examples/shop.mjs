// @ts-check
// A small application that records metrics. It imports the facade and no backend.
import { metrics } from '@metrics/core';

const jobs = metrics.defineCounter('jobs.finished', { tags: ['task_name', 'result'], description: 'finished jobs' });
const mailSent = jobs.with({ task_name: 'send_email', result: 'success' });

/**
 * Works through some jobs and resolves with the number of failed ones.
 * @param {number} count
 */
export async function workThrough(count) {
  const queue = Array.from({ length: count }, (_, index) => index);
  metrics.defineGauge('queue.length', { observe: () => queue.length });
  let failed = 0;
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    const current = job;
    metrics.incr('jobs.started');
    metrics.set('users.active', `user ${job % 17}`);
    metrics.incr('bytes.sent', job % 512, { tags: { platform: job % 2 === 0 ? 'ios' : 'android' } });
    try {
      await metrics.timer('jobs.run', { tags: { task_name: 'send_email' } }, () => sendEmail(current));
      mailSent.incr();
    } catch {
      failed += 1;
      jobs.incr({ task_name: 'send_email', result: 'failure' });
    }
    metrics.distribution('mail.size', (job * 37) % 1000, { unit: 'kilobyte' });
  }
  metrics.gauge('temperature', -4.5, { instance: 'rack-1' });
  return failed;
}

/** @param {number} job */
async function sendEmail(job) {
  if (job % 25 === 24) throw new Error('mailbox full');
}
