import { expectDelivery } from './receivers.mjs';

/**
 * Runs tests in a test runner, and rejects if their sample does not arrive.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {object} run
 * @param {string} run.column
 * @param {string} [run.receiver]
 * @param {readonly string[]} run.packages
 * @param {Readonly<Record<string, string | object>>} run.files
 * @param {(folder: string) => readonly string[]} run.command
 */
export async function runTest(workplace, { column, receiver = column, packages, files, command }) {
  const folder = workplace.folderIn(await workplace.everything(...packages), `test ${column}`, files);
  await expectDelivery(receiver, (port) =>
    workplace.execute(command(folder), { cwd: folder, env: { PORT: port, NODE_ENV: 'test' } }),
  );
}
