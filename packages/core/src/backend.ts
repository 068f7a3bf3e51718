/**
 * For authors of backends and test tools: interning, checks of options, name patterns, taps.
 *
 * @module @metrics/core/backend
 */
export { applicationFiles, loadInstalled } from './load-installed.js';
export { matchesAny, matchesPattern } from './options/name-pattern.js';
export {
  checkBoolean,
  checkDivisor,
  checkFunction,
  checkInteger,
  checkKnownOptions,
  checkNumber,
  checkOneOf,
  checkOptionsObject,
} from './options/option-checks.js';
export { describeValue } from './problems/describe-value.js';
export { documentationPage } from './problems/documentation.js';
export { alsoInRealTime, nextRound, pause, type RealTimer } from './real-time.js';
export { builtinModule, environment, now, readVariable, unavailable } from './runtime.js';
export { IdIndex, type IndexedIds } from './series/id-index.js';
export { flatCopy, grow, Interner } from './series/interning.js';
export { RowTable } from './series/row-table.js';
export { type MetricsTap, tap } from './tap.js';
