// Programs that run JavaScript. Node.js itself is checked by scripts/check-runtimes.mjs.

/** @type {import('./row.mjs').Row[]} */
export const runtimes = [];
