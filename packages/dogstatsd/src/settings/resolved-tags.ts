// The constant tags, from the environment and the options.
import type { ConstantTag } from '../line/constant-tags.js';
import { encodeTagKey, type TagRules } from '../line/tag-text.js';
import type { DogStatsdOptions } from './dogstatsd-options.js';
import { type Environment, readVariable } from './environment.js';

export interface TagSources {
  readonly options: DogStatsdOptions;
  readonly environment: Environment;
  readonly entityId: string | undefined;
  readonly rules: TagRules;
}

/**
 * Returns the tags of `DD_TAGS`, then `DD_ENV`, `DD_SERVICE` and `DD_VERSION`, then those of the options. A later tag
 * replaces all earlier ones of its key, except within `DD_TAGS`, in which a key may have several values.
 */
export function resolveTags({ options, environment, entityId, rules }: TagSources): ConstantTag[] {
  const overrides: (readonly [key: string, value: string | undefined])[] = [
    ...['env', 'service', 'version'].map((key) => [key, readVariable(environment, `DD_${key.toUpperCase()}`)] as const),
    ...Object.entries(options.tags ?? {}).map(([key, value]) => [key, `${value}`] as const),
    ['dd.internal.entity_id', entityId],
  ];
  let tags = parseTagList(readVariable(environment, 'DD_TAGS') ?? readVariable(environment, 'DATADOG_TAGS') ?? '');
  for (const [key, value] of overrides) {
    if (value === undefined) continue;
    const encodedKey = encodeTagKey(key, rules);
    tags = [...tags.filter(([other]) => encodeTagKey(other, rules) !== encodedKey), [key, value]];
  }
  return tags;
}

/**
 * Parses a list of tags as Datadog's clients do: with a comma in it, commas separate the tags and values may contain spaces;
 * otherwise white space separates them.
 */
function parseTagList(text: string): ConstantTag[] {
  return text.split(text.includes(',') ? ',' : /\s+/).flatMap((tag): ConstantTag[] => {
    const [, key = '', value = ''] = /^([^:]*):?(.*)$/s.exec(tag)!;
    return key.trim() === '' ? [] : [[key.trim(), value.trim() || undefined]];
  });
}
