import type { Series } from '@metrics/core';

/** Returns the tags of a series with its instance as one of them, which replaces a tag of that key. */
export function tagsWithInstance(series: Pick<Series, 'tags' | 'instance'>): [key: string, value: string][] {
  const { tags, instance } = series;
  return Object.entries(instance === undefined ? tags : { ...tags, instance });
}
