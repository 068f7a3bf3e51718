// @ts-check
// The tables of a run, for people.
import { backends } from './backends.mjs';
import { eatenBy, faults, reasonAgainst } from './faults.mjs';

/** @typedef {import('./cell.mjs').Outcome & { broken: readonly string[] }} CheckedOutcome */

/**
 * The columns of a cell, by their heading.
 *
 * @type {Readonly<Record<string, (outcome: CheckedOutcome) => string | number>>}
 */
const COLUMNS = {
  backend: ({ backend }) => backend,
  fault: ({ fault }) => fault,
  made: ({ report }) => report?.made ?? '?',
  accepted: ({ report }) => report?.stats.backend.accepted ?? '?',
  sent: ({ report }) => report?.stats.backend.sent ?? '?',
  received: ({ received }) => received,
  dropped: ({ report }) =>
    Object.entries(report?.stats.backend.dropped ?? {})
      .map(([reason, count]) => `${reason} ${count}`)
      .join(' + ') || 0,
  pending: ({ report }) => report?.stats.backend.pending ?? '?',
  'RSS MB': ({ report }) => (report === undefined ? '?' : Math.round(report.peakRss / 2 ** 20)),
  'block ms': ({ report }) => (report === undefined ? '?' : Math.round(report.longestBlock)),
  'close ms': ({ report }) => (report?.closeMilliseconds === undefined ? '' : Math.round(report.closeMilliseconds)),
  'exit ms': ({ exitMilliseconds }) => exitMilliseconds,
  exit: ({ exit }) => exit ?? 'killed',
  leaked: ({ report }) => report?.leaks?.length ?? '',
  errors: ({ report, fault }) => (report?.errors.length ?? 0) - (faults[fault]?.throws ? 1 : 0),
  result: ({ broken }) => (broken.length === 0 ? 'ok' : 'BROKEN'),
};

/** Returns a row per cell with everything it shows. @param {readonly CheckedOutcome[]} outcomes */
export function textTable(outcomes) {
  const rows = allRows(outcomes);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The same with commas. @param {readonly CheckedOutcome[]} outcomes */
export function csv(outcomes) {
  return `${allRows(outcomes)
    .map((row) => row.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','))
    .join('\n')}\n`;
}

/** Returns the matrix and what it does not have, as Markdown. @param {readonly CheckedOutcome[]} outcomes */
export function matrix(outcomes) {
  const names = Object.keys(backends);
  const rows = Object.entries(faults).map(([fault, { title }]) => [
    `**${fault}**: ${title}`,
    ...names.map((backend) => symbol(backend, fault, outcomes)),
  ]);
  const head = ['', ...names];
  return [
    markdown([head, head.map((_, column) => (column === 0 ? '---' : ':---:')), ...rows]),
    '',
    '✓ every promise holds and all samples arrived · d: some were dropped, each counted under a reason and reported · e: the',
    'fault ate some that the system had accepted, as named below · ✗ broken · – no such cell',
    '',
    'What a fault may eat, unless the peer acknowledges what it keeps:',
    '',
    ...eaten(),
    '',
    'Combinations without a cell:',
    '',
    ...impossible(),
    '',
    'The most of each measurement, over all backends, by fault:',
    '',
    extremes(outcomes),
  ].join('\n');
}

/** @param {string} backend @param {string} fault @param {readonly CheckedOutcome[]} outcomes */
function symbol(backend, fault, outcomes) {
  if (reasonAgainst(backend, fault) !== undefined) return '–';
  const cells = outcomes.filter((outcome) => outcome.backend === backend && outcome.fault === fault);
  if (cells.length === 0) return ' ';
  if (cells.some(({ broken }) => broken.length > 0)) return '✗';
  const dropped = cells.some(({ report }) => Object.keys(report?.stats.backend.dropped ?? {}).length > 0);
  const isShort = cells.some(({ report, received }) => {
    const { made = 0, observed = 0, stats } = report ?? {};
    return received + observed < (stats?.backend.sent ?? 0) - (backends[backend]?.kept ?? 0) * made;
  });
  return ['✓', dropped && 'd', isShort && 'e'].filter(Boolean).join(' ');
}

function eaten() {
  /** @type {Map<string, string[]>} */
  const faultsOf = new Map();
  for (const fault of Object.keys(faults)) {
    const losses = new Set(Object.keys(backends).map((backend) => eatenBy(backend, fault)));
    for (const loss of losses) if (loss !== undefined) faultsOf.set(loss, [...(faultsOf.get(loss) ?? []), fault]);
  }
  return [...faultsOf].map(([loss, names]) => `- ${loss}: ${names.join(', ')}`);
}

/** Reasons, each with its faults and backends. */
function impossible() {
  /** @type {Map<string, Map<string, string[]>>} */
  const byReason = new Map();
  for (const fault of Object.keys(faults))
    for (const backend of Object.keys(backends)) {
      const reason = reasonAgainst(backend, fault);
      if (reason === undefined) continue;
      const byFault = byReason.get(reason) ?? new Map();
      byReason.set(reason, byFault.set(fault, [...(byFault.get(fault) ?? []), backend]));
    }
  return [...byReason].map(([reason, byFault]) => {
    /** @type {Map<string, string[]>} */
    const byBackends = new Map();
    for (const [fault, names] of byFault) {
      const key = names.join(', ');
      byBackends.set(key, [...(byBackends.get(key) ?? []), fault]);
    }
    return `- ${reason}: ${[...byBackends].map(([names, each]) => `${names} × ${each.join(', ')}`).join('; ')}`;
  });
}

/** @param {readonly CheckedOutcome[]} outcomes */
function extremes(outcomes) {
  const head = ['fault', 'made', 'dropped', 'pending', 'RSS MB', 'block ms', 'close ms', 'exit ms', 'leaked', 'errors'];
  const rows = Object.keys(faults).flatMap((fault) => {
    const cells = outcomes.filter((outcome) => outcome.fault === fault);
    if (cells.length === 0) return [];
    const most = (/** @type {string} */ column) =>
      Math.max(0, ...cells.map((cell) => Number(COLUMNS[column]?.(cell))).filter((value) => !Number.isNaN(value)));
    const reasons = new Set(cells.flatMap(({ report }) => Object.keys(report?.stats.backend.dropped ?? {})));
    return [[fault, most('made'), [...reasons].join(', '), ...head.slice(3).map(most)].map(String)];
  });
  return markdown([head, head.map((name) => (['fault', 'dropped'].includes(name) ? '---' : '---:')), ...rows]);
}

/** @param {readonly CheckedOutcome[]} outcomes */
function allRows(outcomes) {
  return [
    Object.keys(COLUMNS),
    ...outcomes.map((outcome) => Object.values(COLUMNS).map((read) => String(read(outcome)))),
  ];
}

/** @param {readonly (readonly string[])[]} rows */
function markdown(rows) {
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}
