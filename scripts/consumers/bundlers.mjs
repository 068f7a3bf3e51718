// Bundlers: each bundles a program, which then runs in a folder without packages.

/** @type {import('./row.mjs').Row[]} */
export const bundlers = [];
