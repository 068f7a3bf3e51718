// How applications are started and laid out.
import { browsers } from './browsers.mjs';
import { runLambda } from './lambda.mjs';
import { runCluster, runPm2, runWatch } from './processes.mjs';
import { onlyIn } from './row.mjs';
import { runAuto } from './start-options.mjs';
import { runTwoVersions } from './two-versions.mjs';

/** Applications that send with statsd, by the name of the row. */
const withStatsd = {
  'node --import and --require of @metrics/core/auto': runAuto,
  'AWS Lambda: packages, and a bundle': runLambda,
  'cluster of four': runCluster,
  'PM2 7, cluster of four': runPm2,
  'node --watch': runWatch,
};

/** @type {import('./row.mjs').Row[]} */
export const layouts = [
  ...Object.entries(withStatsd).map(([name, check]) => ({
    group: 'Layouts',
    name,
    ci: 'statsd',
    cells: onlyIn('statsd', check, 'shown with statsd'),
  })),
  {
    group: 'Layouts',
    name: 'two versions of core',
    ci: 'core',
    cells: onlyIn('core', runTwoVersions, 'shown with core'),
  },
  browsers,
];
