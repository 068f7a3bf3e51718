// Mutation testing: changes the logic of the packages in thousands of places, one at a time, and lists the changes that no
// test of their package notices. Fails if a package has less than 90 % of its mutants killed, or a survivor that
// equivalents.json does not name. `npm run mutation -- core statsd` takes two packages, `-- --mutate` the files of a pattern,
// and `--tests` runs only the tests of a pattern.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { readJson, root } from '../workspace.mjs';

/** Percentage of the mutants of a package that its tests have to kill. */
const MIN_KILLED = 90;

/** The logic of each package, which needs no socket, file or process. @type {Readonly<Record<string, readonly string[]>>} */
const logic = {
  // The exit hooks are listeners of the process.
  core: [
    '{cardinality,engine,facade,normalizers,options,problems,series}/*.ts',
    '{combine,configure,dummy-metrics-backend,filtered-backend,tap}.ts',
    '!engine/exit-hooks.ts',
  ],
  aggregation: ['**/*.ts'],
  statsd: ['{line,tag-format}/*.ts'],
  dogstatsd: ['line/*.ts'],
  // The number of a process is a socket that it listens to.
  datadog: ['payload/*.ts', '!payload/process-{number,tag}.ts'],
  logging: ['format/*.ts'],
  prometheus: ['exposition{,-names}.ts'],
  opentelemetry: ['{exponential-rows,metric-data,metric-names,metric-reader}.ts'],
};

/**
 * Mutants of a line that no test can kill, because the program then does the same.
 * @typedef {object} Equivalent
 * @property {string} file
 * @property {string} line the line that is changed, without its indentation
 * @property {readonly string[]} mutants what Stryker replaces parts of it by
 * @property {string} reason
 */

/** @type {readonly Equivalent[]} */
const equivalents = readJson(path.join(import.meta.dirname, 'equivalents.json'));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mutate: { type: 'string', multiple: true, default: [] },
    tests: { type: 'string', multiple: true, default: [] },
    concurrency: { type: 'string', default: '1' },
    static: { type: 'boolean', default: false },
    force: { type: 'boolean', default: false },
  },
});
for (const name of positionals)
  if (logic[name] === undefined)
    throw new RangeError(`no package ${name} to mutate; choose from ${Object.keys(logic).join(', ')}`);

/** @type {string[]} */
const failures = [];
for (const [name, globs] of Object.entries(logic)) {
  const source = `packages/${name}/src/`;
  const chosen = values.mutate.filter((pattern) => pattern.startsWith(source));
  if (positionals.length > 0 ? !positionals.includes(name) : values.mutate.length > 0 && chosen.length === 0) continue;
  const all = globs.map((glob) => glob.replace(/^!?/, (sign) => sign + source));
  const mutate = chosen.length === 0 ? all : [...chosen, ...all.filter((pattern) => pattern.startsWith('!'))];
  report(name, await mutantsOf(name, mutate));
}
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;

/** @param {string} name @param {string[]} mutate */
async function mutantsOf(name, mutate) {
  const output = `coverage/mutation/${name}`;
  return new Stryker({
    configFile: 'scripts/mutation/stryker.config.mjs',
    mutate,
    concurrency: Number(values.concurrency),
    ignoreStatic: !values.static,
    force: values.force,
    mochaOptions: { spec: values.tests.length > 0 ? values.tests : [`packages/${name}/test/**/*.test.ts`] },
    incrementalFile: `${output}/incremental.json`,
    htmlReporter: { fileName: `${output}/index.html` },
  }).runMutationTest();
}

/** @param {string} name @param {Awaited<ReturnType<typeof mutantsOf>>} mutants */
function report(name, mutants) {
  const valid = mutants.filter(({ status }) => ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status));
  const survivors = valid.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  const killed = valid.length - survivors.length;
  const unexplained = survivors.filter(
    (mutant) => !equivalents.some((equivalent) => isSame(equivalent, describe(mutant))),
  );
  for (const mutant of unexplained) {
    const { file, line, mutant: replacement } = describe(mutant);
    failures.push(`${file}:${mutant.location.start.line} survives ${mutant.mutatorName}: ${line} → ${replacement}`);
  }
  const broken = mutants.filter(({ status }) => status === 'RuntimeError');
  if (broken.length > 0)
    failures.push(`${name}: ${broken.length} mutants could not be tried: ${broken[0]?.statusReason?.slice(0, 200)}`);
  const percent = valid.length === 0 ? 100 : (100 * killed) / valid.length;
  if (percent < MIN_KILLED) failures.push(`${name}: less than ${MIN_KILLED} % of the mutants are killed`);
  const named = survivors.length - unexplained.length;
  console.log(
    `${name}: ${killed} of ${valid.length} mutants killed (${percent.toFixed(1)} %), ${named} survivors are equivalent, ${unexplained.length} are not`,
  );
}

/** @param {Awaited<ReturnType<typeof mutantsOf>>[number]} mutant */
function describe({ fileName, location, replacement }) {
  const file = path.relative(root, path.resolve(root, fileName)).replaceAll(path.sep, '/');
  // Stryker counts lines from 1 here.
  const line = readFileSync(path.join(root, file), 'utf8').split('\n')[location.start.line - 1]?.trim() ?? '';
  return { file, line, mutant: replacement };
}

/** @param {Equivalent} equivalent @param {ReturnType<typeof describe>} described */
function isSame({ file, line, mutants }, described) {
  return file === described.file && line === described.line && mutants.includes(described.mutant ?? '');
}
