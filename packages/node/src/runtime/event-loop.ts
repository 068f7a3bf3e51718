import type { EventLoopUtilization } from 'node:perf_hooks';
import type { Metrics } from '@metrics/core';
import { builtin } from '../builtins.js';
import { observeGauge } from '../observe-gauge.js';
import { warnOnce } from '../shared.js';
import { round, TotalCounter } from '../total-counter.js';
import { DelayWindows, type EventLoopDelay } from './event-loop-delay.js';

/** Observes the delay, the time and the utilization of the event loop of this thread. Adds what is missing to `missing`. */
export function observeEventLoop(
  metrics: Metrics,
  { resolution, window }: { readonly resolution: number; readonly window: number },
  missing: string[],
): (() => void)[] {
  const { monitorEventLoopDelay, performance } = builtin('node:perf_hooks') ?? {};
  const undo: (() => void)[] = [];
  let windows: DelayWindows | undefined;
  let delay: EventLoopDelay | undefined;
  if (monitorEventLoopDelay) {
    windows = new DelayWindows(monitorEventLoopDelay, resolution);
    undo.push(
      () => windows?.stop(),
      observeDelay(metrics, () => delay),
    );
  } else missing.push('monitorEventLoopDelay');

  let utilization: number | undefined;
  let last: EventLoopUtilization | undefined;
  // Some runtimes have the function without numbers.
  if (isMeasured(performance?.eventLoopUtilization?.())) {
    last = performance!.eventLoopUtilization();
    undo.push(...observeUtilization(metrics, performance!, () => utilization));
  } else missing.push('eventLoopUtilization');

  const endWindow = (): void => {
    delay = windows?.end();
    if (last === undefined) return;
    const now = performance!.eventLoopUtilization();
    // Bun and Deno have zeros, which Node.js has only before the first turn of the loop.
    if (now.active + now.idle === 0) {
      warnOnce(
        'utilization_missing',
        '@metrics/node: this runtime does not measure the utilization of the event loop.',
      );
      return;
    }
    utilization = round(performance!.eventLoopUtilization(now, last).utilization);
    last = now;
  };
  let overlap: NodeJS.Timeout | undefined;
  const interval = setInterval(() => {
    windows?.begin();
    overlap = setTimeout(endWindow, windows?.overlap ?? 0);
    overlap.unref?.();
  }, window);
  interval.unref?.();
  undo.push(() => {
    clearInterval(interval);
    clearTimeout(overlap);
  });
  return undo;
}

function isMeasured(utilization: EventLoopUtilization | undefined): boolean {
  return Number.isFinite(utilization?.utilization);
}

function observeDelay(metrics: Metrics, read: () => EventLoopDelay | undefined): () => void {
  const definition = {
    tags: ['stat'],
    unit: 'millisecond',
    description: 'How late the event loop was in the last window',
  };
  return observeGauge(metrics, 'nodejs.eventloop.delay', definition, (gauge) => {
    const delay = read();
    if (delay === undefined) return undefined;
    for (const [stat, value] of Object.entries(delay)) gauge.set(value as number, { stat });
    return undefined;
  });
}

function observeUtilization(
  metrics: Metrics,
  performance: NonNullable<ReturnType<typeof builtin<'node:perf_hooks'>>>['performance'] & object,
  read: () => number | undefined,
): (() => void)[] {
  const time = metrics.defineCounter('nodejs.eventloop.time', {
    tags: ['state'],
    unit: 'millisecond',
    description: 'Time for which the event loop was active or idle',
  });
  const start = performance.eventLoopUtilization();
  const active = new TotalCounter(time.with({ state: 'active' }), start.active);
  const idle = new TotalCounter(time.with({ state: 'idle' }), start.idle);
  const description = 'Share of the last window for which the event loop was active, 0 to 1';
  return [
    observeGauge(metrics, 'nodejs.eventloop.utilization', { description }, () => {
      const now = performance.eventLoopUtilization();
      active.update(now.active);
      idle.update(now.idle);
      return read();
    }),
  ];
}
