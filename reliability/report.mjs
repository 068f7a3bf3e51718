// @ts-check
// The table of a run, for people.

/** @param {readonly (import('./cell.mjs').Outcome & { broken: readonly string[] })[]} outcomes */
export function table(outcomes) {
  const columns = [
    'backend',
    'fault',
    'made',
    'accepted',
    'sent',
    'received',
    'dropped',
    'pending',
    'RSS MB',
    'block ms',
    'exit ms',
    'exit',
    '',
  ];
  return [columns, columns.map(() => '---'), ...outcomes.map(cells)].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** @param {import('./cell.mjs').Outcome & { broken: readonly string[] }} outcome */
function cells({ backend, fault, report, received, exit, exitMilliseconds, broken }) {
  const stats = report?.stats.backend;
  const dropped = Object.entries(stats?.dropped ?? {}).map(([reason, count]) => `${reason} ${count}`);
  return [
    backend,
    fault,
    report?.made ?? '?',
    stats?.accepted ?? '?',
    stats?.sent ?? '?',
    received,
    dropped.join(', ') || '0',
    stats?.pending ?? '?',
    report === undefined ? '?' : Math.round(report.peakRss / 2 ** 20),
    report === undefined ? '?' : Math.round(report.longestBlock),
    exitMilliseconds,
    exit ?? 'killed',
    broken.length === 0 ? 'ok' : 'BROKEN',
  ];
}
