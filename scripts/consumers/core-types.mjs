/** A program whose types are those that the README of @metrics/core promises. The compiler checks that each error is one. */
export const coreTypes = `import { anyValue, DummyMetricsBackend, metrics, type MetricsBackend, type Tags } from '@metrics/core';
import { Interner, tap } from '@metrics/core/backend';
import { routeTemplate, statusClass } from '@metrics/core/normalizers';

export const backends: MetricsBackend[] = [new DummyMetricsBackend()];
export const id: number = new Interner().acquire('text');
metrics.register(new DummyMetricsBackend(), { prefix: 'shop.' })[Symbol.dispose]();
tap(metrics, { backend: new DummyMetricsBackend() })[Symbol.dispose]();
export const closed: Promise<void> = metrics[Symbol.asyncDispose]();
metrics.incr('jobs.started', { tags: { task_name: 'send_email' } });
metrics.incr('bytes.sent', 512, { tags: { status: 200 } });
// @ts-expect-error -- tags belong into \`tags\`
metrics.incr('x', 1, { status: '200' });
// @ts-expect-error -- one value per request
metrics.incr('x', { tags: { request_id: 'x' } });
// @ts-expect-error -- an identifier
metrics.timer('x', { tags: { userId: 5 } }, () => 1);

declare module '@metrics/core' {
  interface AllowedTags {
    broker_id: true;
  }
}
interface Shape {
  readonly status: string;
  readonly code?: number;
}
export function wrapper<Given extends Tags>(tags: Given, shape: Shape, record: Record<string, string>): void {
  for (const options of [{ tags: record }, {}]) metrics.incr('x', options);
  metrics.incr('x', { tags });
  metrics.incr('x', { tags: { ...tags, more: 1 } });
  metrics.incr('x', { tags: shape });
  metrics.incr('x', { tags: { broker_id: 5, route: routeTemplate('/users/42'), status: statusClass(503) } as const });
}
const done = metrics.defineCounter('jobs.done', { tags: { result: ['success', 'failure'], task_id: anyValue } });
done.incr({ result: 'success', task_id: 5 });
// @ts-expect-error -- not a listed value
done.incr({ result: 'other' });
// @ts-expect-error -- not a declared key
done.incr(2, { queue: 'mail' });
`;
