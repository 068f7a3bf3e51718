'use client';
// Rendered on the server and in the browser.
import { metrics } from '@metrics/core';

export default function Page() {
  metrics.incr('pages.rendered');
  return (
    <button type="button" onClick={() => metrics.incr('clicks')}>
      Buy
    </button>
  );
}
