// @ts-check
import { contenders } from './contenders.mjs';

const WIDTH = 860;
const LABEL = 320;
const ROW = 24;
const TOP = 56;
const DECADES = [1, 10, 100, 1000, 10_000];
const SPAN = WIDTH - LABEL - 110;

/**
 * A bar chart of one counter call with three tags. The axis is logarithmic, as ours and others are a thousandfold apart.
 *
 * @param {import('./results.mjs').Results} results
 */
export function chart(results) {
  const table = results['hot-path']?.tables.find(({ title }) => title.startsWith('v3'));
  const ours = new Set(
    Object.values(contenders)
      .filter(({ side }) => side === 'ours')
      .map(({ title }) => title),
  );
  const bars = (table?.rows ?? [])
    .map(([title = '', time = '']) => ({ title, time: Number(time.replaceAll(',', '')) }))
    // Only what a user can choose; the other rows are parts to compare with.
    .filter(({ title }) => !title.startsWith('the ') && !title.startsWith('a ') && !title.endsWith(', empty backend'))
    .sort((one, other) => one.time - other.time);
  const height = TOP + bars.length * ROW + 24;
  const rows = bars.map(({ title, time }, index) => bar(title, time, TOP + index * ROW, ours.has(title)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Nanoseconds per counter call with three tags, by client">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="12" y="24" font-size="16" font-weight="600" fill="#1f2328">CPU nanoseconds per counter call with three tags (logarithmic)</text>
${DECADES.map((value) => axis(value, height)).join('\n')}
${rows.join('\n')}
</svg>
`;
}

/** @param {number} value */
function x(value) {
  return LABEL + (Math.log10(Math.max(1, value)) / 4) * SPAN;
}

/** @param {number} value @param {number} height */
function axis(value, height) {
  const at = x(value).toFixed(1);
  return `<line x1="${at}" x2="${at}" y1="${TOP - 8}" y2="${height - 16}" stroke="#d0d7de"/><text x="${at}" y="${TOP - 12}" text-anchor="middle" fill="#656d76" font-size="11">${value.toLocaleString('en')}</text>`;
}

/** @param {string} title @param {number} time @param {number} y @param {boolean} isOurs */
function bar(title, time, y, isOurs) {
  const width = Math.max(2, x(time) - LABEL).toFixed(1);
  const text = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${LABEL - 8}" y="${y + 16}" text-anchor="end" fill="#1f2328"${isOurs ? ' font-weight="600"' : ''}>${text}</text><rect x="${LABEL}" y="${y + 4}" width="${width}" height="16" rx="2" fill="${isOurs ? '#1a7f37' : '#8c959f'}"/><text x="${LABEL + Number(width) + 6}" y="${y + 16}" fill="#1f2328">${time < 10 ? time : Math.round(time).toLocaleString('en')}</text>`;
}
