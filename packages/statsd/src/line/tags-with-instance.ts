import type { Series } from '@metrics/core';

/** The tags of a series where a flavour has tags: the instance is one of them, and wins over a tag of that name. */
export function tagsWithInstance(series: Pick<Series, 'tags' | 'instance'>): [key: string, value: string][] {
  const { tags, instance } = series;
  return Object.entries(instance === undefined ? tags : { ...tags, instance });
}
