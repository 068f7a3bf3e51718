// Links to the documentation of the rules.
import { documentationPage } from '@metrics/core/backend';
import manifest from '../../package.json' with { type: 'json' };

const GUIDE = documentationPage('guide/lint', manifest.name);

/** Returns the URL of the documentation of a rule, which editors link to: in the repository until there is a site. */
export function ruleUrl(name: string): string {
  const page = GUIDE.startsWith('https:')
    ? GUIDE
    : manifest.homepage.replace(/\/tree\/main\/.*/, '/blob/main/docs/guide/lint.md');
  return `${page}#${name}`;
}

/** Returns the messages of a rule, each followed by where to read more. */
export function seeGuide<Messages extends Record<string, string>>(messages: Messages): Messages {
  const entries = Object.entries(messages).map(([id, message]) => [id, `${message} See ${GUIDE}.`]);
  return Object.fromEntries(entries) as Messages;
}
