import manifest from '../../package.json' with { type: 'json' };

/** Returns the URL of the documentation of a rule, which editors link to. */
export function ruleUrl(name: string): string {
  return manifest.homepage.replace(/\/tree\/main\/.*/, `/blob/main/docs/guide/lint.md#${name}`);
}
