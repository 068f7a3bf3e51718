// Reads and checks the tags of a call, and merges them with those that apply to it.
import type { Engine } from '../engine/engine.js';
import type { DeclaredTagSet } from '../series/metric-family.js';
import { INSTANCE_KEY } from '../series/series-result.js';
import type { TagDraft } from '../series/tag-draft.js';
import {
  isTagsObject,
  isTagValue,
  MAX_TAGS,
  MAX_VALUE_LENGTH,
  type NormalizedTags,
  normalizeValue,
} from '../series/tags.js';

const NO_TAGS: NormalizedTags = new Map();

const NOT_TAGS = 'Tags are a plain object of strings, numbers and booleans, such as { status: 200 }.';

/**
 * Adds all tags that apply to a draft: register < setTags < child < context < call < instance, without those that an instrument did
 * not declare. Returns false if they are invalid and the sample was dropped.
 */
export function readAllTags(
  engine: Engine,
  childTags: NormalizedTags,
  draft: TagDraft,
  tags: unknown,
  instance: unknown,
  key: string,
  context: NormalizedTags | undefined,
  declaredTags?: DeclaredTagSet,
): boolean {
  const table = engine.series.tags;
  for (const [tag, value] of engine.active.tags) draft.set(tag, value, table);
  for (const [tag, value] of engine.tags) draft.set(tag, value, table);
  for (const [tag, value] of childTags) draft.set(tag, value, table);
  for (const [tag, value] of context ?? NO_TAGS)
    if (declaredTags === undefined || declaredTags.has(tag)) draft.set(tag, value, table);
  if (!readTags(engine, draft, tags, key, declaredTags)) return false;
  if (instance === undefined || instance === null || instance === '') return true;
  if (typeof instance !== 'string' && typeof instance !== 'number')
    return reject(engine, 'invalid_tag_value', key, 'An instance is a string.', { tag: 'instance', value: instance });
  draft.add(INSTANCE_KEY, instance, table);
  return true;
}

/** Adds all enumerable tags of a call, also inherited ones, to a draft. Returns false if they are invalid. */
export function readTags(
  engine: Engine,
  draft: TagDraft,
  tags: unknown,
  key: string,
  declaredTags?: DeclaredTagSet,
): boolean {
  if (tags === undefined || tags === null) return true;
  if (!isTagsObject(tags)) return reject(engine, 'invalid_tags', key, NOT_TAGS, { value: tags });
  const table = engine.series.tags;
  for (const tag in tags) {
    if (draft.rawCount === MAX_TAGS)
      return reject(engine, 'too_many_tags', key, `A call may have at most ${MAX_TAGS} tags.`);
    const value: unknown = tags[tag];
    const isAbsent = value === undefined || value === null;
    if (tag === '' || !(isAbsent || isTagValue(value)))
      return reject(engine, 'invalid_tag_value', key, NOT_TAGS, { tag, value });
    if (typeof value === 'string' && value.length > MAX_VALUE_LENGTH)
      engine.reportOrThrow('tag_truncated', key, 'Tag values are cut to 200 characters. Is this an identifier?', {
        tag,
        value,
      });
    if (isAbsent) draft.addRaw(tag, value);
    else if (declaredTags === undefined || declaredTags.has(tag) || declaredTags.has(normalizeValue(tag)))
      draft.add(tag, value, table);
    else {
      draft.addRaw(tag, value);
      draft.ignore(tag, undefined);
      engine.reportOrThrow('undeclared_tag', key, 'The metric was declared without this tag, which is dropped.', {
        tag,
      });
    }
  }
  return true;
}

/** Drops a sample. Returns false. */
function reject(engine: Engine, ...problem: Parameters<Engine['drop']>): false {
  engine.drop(...problem);
  return false;
}
