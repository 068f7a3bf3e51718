// Next.js calls it once for each server, before it handles requests.
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { configure } = await import('@metrics/core');
  const { createBackend } = await import('@metrics/statsd');
  configure({ backend: createBackend, options: { host: 'localhost' }, prefix: 'consumer.' });
}
