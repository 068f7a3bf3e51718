// The identity of the sender, for origin detection of the Agent.
import type { DogStatsdOptions, TagCardinality } from './dogstatsd-options.js';
import { type Environment, ignored, readVariable } from './environment.js';

/** The identity of the sender, as fields and a tag of every line. A property that is undefined is not sent. */
export interface Origin {
  /** The field `c:`: the container, as `ci-<id>` or `in-<inode of the cgroup>`. */
  readonly containerId: string | undefined;
  /** The field `e:`, which an admission controller of Kubernetes injects. */
  readonly externalData: string | undefined;
  /** The field `card:`: which of its tags the Agent adds. */
  readonly cardinality: TagCardinality | undefined;
  /** The tag `dd.internal.entity_id`: the UID of the pod. */
  readonly entityId: string | undefined;
}

export const TAG_CARDINALITIES: readonly TagCardinality[] = ['none', 'low', 'orchestrator', 'high'];

const noOrigin = { containerId: false, externalData: false, cardinality: false, entityId: false } as const;

export interface OriginSources {
  readonly options: DogStatsdOptions;
  readonly environment: Environment;
  /** Called unless an option or a variable decides about the container. */
  readonly detectContainerId: () => string | undefined;
}

/**
 * Returns the origin from options, variables and the operating system, in this order.
 *
 * @param isUnderstood whether the server understands an origin. Otherwise only options that are set are sent.
 * @param warnings gets a sentence for each variable that is invalid and ignored.
 */
export function resolveOrigin(sources: OriginSources, isUnderstood: boolean, warnings: string[]): Origin {
  const environment: Environment = isUnderstood ? sources.environment : {};
  const options = isUnderstood ? sources.options : { ...noOrigin, ...explicitOrigin(sources.options) };
  const detects = !isFalse(environment['DD_ORIGIN_DETECTION_ENABLED']);
  return {
    containerId: (options.containerId ?? (detects ? sources.detectContainerId() : undefined)) || undefined,
    externalData: (options.externalData ?? sanitizeField(environment['DD_EXTERNAL_ENV'])) || undefined,
    cardinality: (options.cardinality ?? readCardinality(environment, warnings)) || undefined,
    entityId: (options.entityId ?? sanitizeField(environment['DD_ENTITY_ID'])) || undefined,
  };
}

/** Returns the fields of the origin, which end every line. */
export function originFields({ containerId, externalData, cardinality }: Origin): string {
  const fields = { c: containerId, e: externalData, card: cardinality };
  return Object.entries(fields)
    .map(([name, value]) => (value === undefined ? '' : `|${name}:${value}`))
    .join('');
}

/** Returns the options of the origin that are set. They are sent in every dialect. */
function explicitOrigin(options: DogStatsdOptions): Partial<DogStatsdOptions> {
  const names = Object.keys(noOrigin) as (keyof typeof noOrigin)[];
  return Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}

function isFalse(value: string | undefined): boolean {
  return value !== undefined && /^(false|0|no|off)$/i.test(value.trim());
}

/** Removes the characters of a variable that could end a field of a line. */
function sanitizeField(value: string | undefined): string {
  return value?.replaceAll(/[^!-{}~]/g, '') ?? '';
}

function readCardinality(environment: Environment, warnings: string[]): TagCardinality | undefined {
  for (const name of ['DD_CARDINALITY', 'DATADOG_CARDINALITY']) {
    const value = readVariable(environment, name)?.toLowerCase();
    if (value === undefined) continue;
    if ((TAG_CARDINALITIES as readonly string[]).includes(value)) return value as TagCardinality;
    warnings.push(ignored(name, `one of ${TAG_CARDINALITIES.join(', ')}`, value));
  }
  return undefined;
}
