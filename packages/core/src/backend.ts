// The subpath @metrics/core/backend, for authors of backends: interning, option checks and name patterns.

export { matchesAny, matchesPattern } from './options/name-pattern.js';
export {
  checkBoolean,
  checkDivisor,
  checkFunction,
  checkInteger,
  checkOneOf,
  checkOptionsObject,
} from './options/option-checks.js';
export { describeValue } from './problems/describe-value.js';
export { flatCopy, grow, Interner, RowTable } from './series/interning.js';
