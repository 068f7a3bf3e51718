import { TagDraft } from '../series/tag-draft.js';
import type { EventOptions, ServiceCheckOptions } from './metrics.js';
import { readAllTags } from './read-tags.js';
import type { Scope } from './scope.js';

/** Records an event or a service check with all tags of the scope. Both are rare, so nothing is cached. */
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
    const draft = new TagDraft();
    if (!readAllTags(engine, scope.tags, draft, given.tags, undefined, title, engine.context?.current())) return;
    const { backend } = engine;
    const name = verb === 'event' ? undefined : { name: engine.prefix + scope.prefix + title };
    // Each verb takes the fields that its caller passed.
    if (backend[verb]) backend[verb]({ ...given, ...name, tags: draft.pairs() } as never);
    else engine.drop('unsupported', title, 'The backend has no events or service checks.');
  } catch (error) {
    engine.recordingFailed(error, title);
  }
}
