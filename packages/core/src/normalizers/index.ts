/**
 * Pure functions that turn values with many forms into tag values with few. None throws.
 *
 * @module @metrics/core/normalizers
 */
export { errorName } from './error-name.js';
export { routeTemplate } from './route-template.js';
export { type StatusClass, statusClass } from './status-class.js';
