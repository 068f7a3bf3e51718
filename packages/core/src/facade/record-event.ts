import type { EventOptions, ServiceCheckOptions } from './metrics.js';
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
    const raw = scope.readTags(given.tags, title);
    if (raw === undefined) return;
    const { backend } = engine;
    const name = verb === 'event' ? undefined : { name: engine.series.prefix + scope.prefix + title };
    const tags = Object.fromEntries(scope.mergeTags(raw, engine.context?.current()));
    // Each verb takes the fields that its caller passed.
    if (backend[verb]) backend[verb]({ ...given, ...name, tags } as never);
    else engine.drop('unsupported', title, 'The backend has no events or service checks.');
  } catch (error) {
    engine.recordingFailed(error, title);
  }
}
