import type { Series, TagPairs } from '@metrics/core';

/** Returns the tags of a series with its instance as the last of them, which replaces a tag of that key. */
export function tagsWithInstance({ tags, instance }: Pick<Series, 'tags' | 'instance'>): TagPairs {
  return instance === undefined ? tags : [...tags.filter(([key]) => key !== 'instance'), ['instance', instance]];
}
