// Test runners, which load modules in their own ways.

/** @type {import('./row.mjs').Row[]} */
export const testRunners = [];
