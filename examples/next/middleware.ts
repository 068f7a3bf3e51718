// Runs in the edge runtime: there the sample is discarded, and nothing fails.
import { metrics } from '@metrics/core';
import { NextResponse } from 'next/server';

export function middleware() {
  metrics.incr('requests');
  return NextResponse.next();
}
