import { metrics } from '@metrics/core';

export const dynamic = 'force-dynamic';

export async function GET() {
  metrics.incr('jobs.started', 3);
  await metrics.flush();
  return Response.json(metrics.stats());
}
