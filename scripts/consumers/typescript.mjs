// Versions of TypeScript and its ways to resolve modules.

/** @type {import('./row.mjs').Row[]} */
export const typescript = [];
