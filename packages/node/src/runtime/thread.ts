import type { Metrics } from '@metrics/core';
import { builtin } from '../builtins.js';
import { observeGauge } from '../observe-gauge.js';

/** Observes the heap of this thread and what keeps its event loop alive. */
export function observeThread(metrics: Metrics, missing: string[]): (() => void)[] {
  const undo: (() => void)[] = [];
  const { getHeapStatistics } = builtin('node:v8') ?? {};
  if (getHeapStatistics) {
    const definition = { tags: ['stat'], unit: 'byte', description: 'Memory of the JavaScript heap' };
    undo.push(
      observeGauge(metrics, 'v8js.memory.heap', definition, (gauge) => {
        const heap = getHeapStatistics();
        gauge.set(heap.used_heap_size, { stat: 'used' });
        gauge.set(heap.total_heap_size, { stat: 'total' });
        gauge.set(heap.heap_size_limit, { stat: 'limit' });
        gauge.set(heap.external_memory, { stat: 'external' });
        return undefined;
      }),
    );
  } else missing.push('getHeapStatistics');

  const resources = globalThis.process;
  if (resources?.getActiveResourcesInfo) {
    const definition = { tags: ['type'], description: 'Resources that keep the event loop alive' };
    undo.push(
      observeGauge(metrics, 'v8js.resource.active', definition, (gauge) => {
        const counts = new Map<string, number>();
        for (const type of resources.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
        for (const [type, count] of counts) gauge.set(count, { type });
        return undefined;
      }),
    );
  } else missing.push('getActiveResourcesInfo');
  return undo;
}
