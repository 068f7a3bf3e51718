/** The subpath `@metrics/core/normalizers`: tag values with few forms from values with many. Pure; none ever throws. */
export { errorName } from './error-name.js';
export { routeTemplate } from './route-template.js';
export { type StatusClass, statusClass } from './status-class.js';
