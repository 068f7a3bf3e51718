import { describeValue } from '../problems/describe-value.js';
import { TagDraft, tagPairs } from '../series/tag-draft.js';
import { isTagValue, normalizeValue } from '../series/tags.js';
import type { EventOptions, ServiceCheckOptions } from './metrics.js';
import { readAllTags } from './read-tags.js';
import type { Scope } from './scope.js';

const STRING = 'a string';

/** The words that a field takes (a number means the word four places before it), or a description of its value. */
const FIELDS: readonly (readonly [name: string, expected: string])[] = [
  ['status', 'ok, warning, critical, unknown, 0, 1, 2, 3'],
  ['alertType', 'info, warning, error, success'],
  ['priority', 'normal, low'],
  ['timestamp', 'seconds since the epoch or a Date'],
  ['title', STRING],
  ['text', STRING],
  ['name', STRING],
  ['message', STRING],
  ['hostname', STRING],
  ['instance', STRING],
  ['aggregationKey', STRING],
  ['sourceTypeName', STRING],
];

/** In the year 5138. As milliseconds it is in the year 1973, so a number from here on is in milliseconds. */
const MIN_MILLISECONDS = 1e11;

/**
 * Records an event or a service check with all tags of the scope. Backends get its fields in one form, so none has to check
 * them. Both are rare, so nothing is cached.
 */
export function recordEvent(
  scope: Scope,
  verb: 'event' | 'serviceCheck',
  given: EventOptions | ServiceCheckOptions,
  title: unknown,
): void {
  const { engine } = scope;
  try {
    if (scope.generation !== engine.generation && !scope.refresh()) return;
    if (typeof title !== 'string' || title === '')
      return void engine.drop('invalid_value', verb, 'The title or name is a string, not empty.', { value: title });
    const fields: Record<string, unknown> = {};
    for (const [name, expected] of FIELDS) {
      const value = given[name as keyof typeof given] as unknown;
      const isAbsent = value === undefined || value === null || (value === '' && expected === STRING);
      if (name === 'status' ? verb === 'event' : isAbsent) continue;
      const normalized = normalizeField(name, value, expected);
      if (normalized === undefined)
        return void engine.drop('invalid_value', title, `Its ${name} must be ${expected}.`, { value });
      fields[name] = normalized;
    }
    const unknown = Object.keys(given).find((name) => name !== 'tags' && !FIELDS.some(([known]) => known === name));
    if (unknown !== undefined)
      engine.reportOrThrow(
        'invalid_options',
        title,
        `${verb}() has no field ${describeValue(unknown)}, so it is ignored.`,
      );
    const draft = new TagDraft();
    if (!readAllTags(engine, scope.tags, draft, given.tags, undefined, title, engine.context?.current())) return;
    if (verb === 'event') fields['text'] ??= '';
    else fields['name'] = engine.prefix + scope.prefix + fields['name'];
    const { backend } = engine;
    // Each verb takes the fields that its caller passed.
    if (backend[verb]) backend[verb]({ ...fields, tags: tagPairs(draft) } as never);
    else engine.drop('unsupported', title, 'The backend has no events or service checks.');
  } catch (error) {
    engine.recordingFailed(error, title);
  }
}

/** Returns undefined if the value is invalid. */
function normalizeField(name: string, value: unknown, expected: string): unknown {
  if (name === 'timestamp') {
    const time = value instanceof Date ? value.getTime() : value;
    if (typeof time !== 'number') return undefined;
    const seconds = time === value && time < MIN_MILLISECONDS ? time : time / 1000;
    return seconds >= 0 && seconds < MIN_MILLISECONDS ? seconds : undefined;
  }
  if (!isTagValue(value)) return undefined;
  if (expected === STRING) return name === 'instance' ? normalizeValue(value) : String(value).toWellFormed();
  const words = expected.split(', ');
  return words[words.indexOf(String(value).toLowerCase()) % 4];
}
