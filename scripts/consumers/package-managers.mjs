// Package managers: each installs core and one package by name, twice, and the program runs from what it installed.

import { programText } from './programs.mjs';
import { expectDelivery } from './receivers.mjs';
import { checkEach, columns } from './row.mjs';

/** @type {import('./row.mjs').Row[]} */
export const packageManagers = [
  {
    group: 'Package managers',
    name: 'npm 11',
    ci: 'statsd',
    cells: checkEach(columns, (column) => async (workplace) => {
      const folder = workplace.folder(`npm 11 ${column}`, { 'package.json': { private: true } });
      const extra = column === 'eslint-plugin' ? ['eslint@10'] : [];
      await workplace.execute(['npm', 'install', '@metrics/core', `@metrics/${column}`, ...extra], { cwd: folder });
      const { writeFileSync } = await import('node:fs');
      writeFileSync(`${folder}/send.mjs`, programText(column, 'import'));
      await expectDelivery(column, (port) => workplace.execute(['node', 'send.mjs', port], { cwd: folder }));
    }),
  },
];
