// Frameworks with a bundler, a module loader or a reload of their own.

/** @type {import('./row.mjs').Row[]} */
export const frameworks = [];
