import type { MetricsEvent, ServiceCheck, TagPairs } from '@metrics/core';

/** Tags as recordings show them: an object, which tests read more easily than pairs. */
export type TagObject = Readonly<Record<string, string>>;

/** An event as recordings show it. */
export interface RecordedEvent extends Omit<MetricsEvent, 'tags'> {
  /** Tags by ascending keys, without the instance. Omitted if the backend received none. */
  readonly tags?: TagObject | undefined;
}

/** A service check as recordings show it. */
export interface RecordedServiceCheck extends Omit<ServiceCheck, 'tags'> {
  /** Tags by ascending keys, without the instance. Omitted if the backend received none. */
  readonly tags?: TagObject | undefined;
}

/** Returns tags as a frozen object without a prototype. */
export function toTagObject(pairs: TagPairs): TagObject {
  const tags = Object.create(null) as Record<string, string>;
  for (const [key, value] of pairs) tags[key] = value;
  return Object.freeze(tags);
}

/** Returns an event or a service check with its tags as an object. */
export function withTagObject<Given extends { readonly tags?: TagPairs | undefined }>(
  given: Given,
): Omit<Given, 'tags'> & { readonly tags?: TagObject } {
  const { tags, ...rest } = given;
  return tags === undefined ? rest : { ...rest, tags: toTagObject(tags) };
}
