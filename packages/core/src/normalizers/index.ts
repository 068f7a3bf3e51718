// The subpath `@metrics/core/normalizers`: pure functions that turn values with many forms into tag values with few. None throws.

export { errorName } from './error-name.js';
export { routeTemplate } from './route-template.js';
export { type StatusClass, statusClass } from './status-class.js';
