// @ts-check
// The process that docs/reference/scaling.md calculates with: a web server with 1,000 requests and 100 jobs a second.

/** Series of a process: 60 + 20 of the requests, 20 of the jobs, 5 + 1 gauges. */
export const REQUESTS_PER_SECOND = 1000;
export const JOBS_PER_SECOND = 100;
export const SAMPLES_PER_SECOND = 2 * REQUESTS_PER_SECOND + JOBS_PER_SECOND;
const ROUTES = 20;
const TASKS = 10;
const QUEUES = 5;
const STATUSES = [200, 404, 500];

/** Records some seconds of work. @param {import('@metrics/core').Metrics} metrics @param {number} seconds */
export function work(metrics, seconds) {
  for (let index = 0; index < REQUESTS_PER_SECOND * seconds; index += 1) {
    const route = `/route-${index % ROUTES}`;
    const status = STATUSES[Math.floor(index / ROUTES) % STATUSES.length];
    metrics.incr('http.requests', 1, { tags: { route, status } });
    metrics.timing('http.duration', 1 + (index % 97) / 10, { tags: { route } });
  }
  for (let index = 0; index < JOBS_PER_SECOND * seconds; index += 1)
    metrics.incr('jobs.done', 1, {
      tags: { task: `task-${index % TASKS}`, result: index % 20 < TASKS ? 'success' : 'failure' },
    });
  for (let queue = 0; queue < QUEUES; queue += 1)
    metrics.gauge('queue.length', 100 + queue, { tags: { queue: `queue-${queue}` } });
  metrics.gauge('memory.used', 123_456_789);
}
