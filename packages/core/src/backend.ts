// The subpath @metrics/core/backend, for authors of backends and test tools: interning, option checks, name patterns, taps.

export { matchesAny, matchesPattern } from './options/name-pattern.js';
export {
  checkBoolean,
  checkDivisor,
  checkFunction,
  checkInteger,
  checkNumber,
  checkOneOf,
  checkOptionsObject,
} from './options/option-checks.js';
export { describeValue } from './problems/describe-value.js';
export { flatCopy, grow, Interner, RowTable } from './series/interning.js';
export { type MetricsTap, tap } from './tap.js';
