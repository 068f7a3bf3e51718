import { metrics } from '@metrics/core';

export const runtime = 'edge';

export function GET() {
  metrics.incr('edge.requests');
  return metrics.timer('edge.work', () => new Response('edge'));
}
