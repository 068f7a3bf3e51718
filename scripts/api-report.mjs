// Writes the public interface of every package as text into api, so that a change of it is a visible diff. Reads the built declarations
// and fails when a report differs; `npm run api:update` (this script with --update) writes them.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { publishedPackages, root } from './workspace.mjs';

const update = process.argv.includes('--update');
const reportFolder = path.join(root, 'api');
const reportTempFolder = mkdtempSync(path.join(tmpdir(), 'api-report-'));
mkdirSync(reportFolder, { recursive: true });

/** @type {Set<string>} */
const expected = new Set();
let failed = false;
for (const { folder, directory, manifest } of publishedPackages) {
  for (const subpath of Object.keys(manifest.exports)) {
    if (subpath === './package.json') continue;
    const entry = subpath === '.' ? 'index' : subpath.slice(2);
    const reportFileName = `${entry === 'index' ? folder : `${folder}-${entry}`}.api.md`;
    expected.add(reportFileName);
    const extractorConfig = ExtractorConfig.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: path.join(directory, 'package.json'),
      configObject: {
        projectFolder: directory,
        mainEntryPointFilePath: path.join(directory, 'dist', `${entry}.d.ts`),
        newlineKind: 'lf',
        compiler: { overrideTsconfig: compilerOptions() },
        apiReport: { enabled: true, reportFileName, reportFolder, reportTempFolder },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: {
          compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
          extractorMessageReporting: {
            default: { logLevel: ExtractorLogLevel.Error },
            // The report itself marks what has no comment.
            'ae-undocumented': { logLevel: ExtractorLogLevel.None },
            'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
            // Declarations of others may end in .d.cts, as ESLint's do.
            'ae-wrong-input-file-type': { logLevel: ExtractorLogLevel.None },
            // A type that is used but not exported: the report shows it to the reviewer.
            'ae-forgotten-export': { logLevel: ExtractorLogLevel.None, addToApiReportFile: true },
            'ae-unresolved-link': { logLevel: ExtractorLogLevel.None },
          },
          tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        },
      },
    });
    const { apiReportChanged, succeeded } = Extractor.invoke(extractorConfig, {
      localBuild: update,
      messageCallback: (message) => {
        const isShown = message.logLevel === ExtractorLogLevel.Error && !message.text.includes('API signature');
        if (!isShown) message.handled = true;
      },
    });
    const outdated = apiReportChanged && !update;
    if (outdated) console.error(`api/${reportFileName} is out of date: run \`npm run api:update\` and commit it`);
    else console.log(`api/${reportFileName} ${apiReportChanged ? 'updated' : 'is up to date'}`);
    failed ||= outdated || !succeeded;
  }
}

for (const stale of readdirSync(reportFolder).filter((file) => !expected.has(file))) {
  if (update) rmSync(path.join(reportFolder, stale));
  else console.error(`api/${stale} belongs to no entry of any package: run \`npm run api:update\``);
  failed ||= !update;
}
rmSync(reportTempFolder, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;

/** The workspace's own settings would lead to sources; a report is about what is published. */
function compilerOptions() {
  return {
    compilerOptions: {
      target: 'ES2022',
      lib: ['ES2023', 'ESNext.Disposable'],
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      types: ['node'],
      strict: true,
      skipLibCheck: true,
    },
  };
}
