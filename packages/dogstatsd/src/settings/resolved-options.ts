import type { ConstantTag } from '../line/constant-tags.js';
import { checkOptions, tagCardinalities } from './check-options.js';
import { type Dialect, type DialectFeatures, dialects } from './dialect.js';
import type { DogStatsdOptions, TagCardinality } from './dogstatsd-options.js';
import { defaultPort, parsePort, parseServerUrl, type ServerAddress } from './server-address.js';

/** Who sends, as fields and a tag of every line. What is undefined is not sent. */
export interface Origin {
  readonly containerId: string | undefined;
  readonly externalData: string | undefined;
  readonly cardinality: TagCardinality | undefined;
  readonly entityId: string | undefined;
}

/** What options, environment and dialect come to. */
export interface Settings {
  readonly address: ServerAddress;
  /** Where the address is from: `options`, `default`, or the variables that decided. */
  readonly addressFrom: string;
  readonly dialect: Dialect;
  readonly features: DialectFeatures;
  readonly origin: Origin;
  /** Later ones win. */
  readonly tags: readonly ConstantTag[];
  /** One sentence for each variable that makes no sense and is ignored. */
  readonly complaints: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Decides everything that an option, a variable of the environment or the dialect has a say in, in this order. A variable
 * that makes no sense is ignored and told: unlike an option it is not the developer's, and must not stop a start.
 *
 * @param detectContainerId asked when nothing else says.
 * @throws {TypeError} or {@link RangeError} on a bad option.
 */
export function decideSettings(
  options: DogStatsdOptions,
  environment: Environment,
  detectContainerId: () => string | undefined,
): Settings {
  checkOptions(options);
  const complaints: string[] = [];
  const dialect = options.dialect ?? 'agent';
  const features = withSwitches(dialects[dialect], options);
  const origin = features.origin
    ? originOf(options, environment, detectContainerId, complaints)
    : originOf({ ...noOrigin, ...given(options) }, {}, () => undefined, complaints);
  return {
    ...addressOf(options, environment, complaints),
    dialect,
    features,
    origin,
    tags: [
      ...tagsOfEnvironment(environment),
      ...Object.entries(options.tags ?? {}).map(([key, value]): ConstantTag => [key, `${value}`]),
      ...(origin.entityId === undefined ? [] : [['dd.internal.entity_id', origin.entityId] as const]),
    ],
    complaints,
  };
}

const noOrigin = { containerId: false, externalData: false, cardinality: false, entityId: false } as const;

/** The options about the origin that are given: they are sent in every dialect. */
function given(options: DogStatsdOptions): Partial<DogStatsdOptions> {
  const names = Object.keys(noOrigin) as (keyof typeof noOrigin)[];
  return Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}

function withSwitches(
  features: DialectFeatures,
  { packing, timestamps, telemetry }: DogStatsdOptions,
): DialectFeatures {
  return {
    ...features,
    packed: packing === undefined ? features.packed : packing ? dialects.agent.packed : [],
    timestamps: timestamps ?? features.timestamps,
    telemetry: telemetry ?? features.telemetry,
  };
}

function originOf(
  options: DogStatsdOptions,
  environment: Environment,
  detectContainerId: () => string | undefined,
  complaints: string[],
): Origin {
  const containerId =
    options.containerId ?? (isOff(environment['DD_ORIGIN_DETECTION_ENABLED']) ? undefined : detectContainerId());
  return {
    containerId: containerId || undefined,
    externalData: (options.externalData ?? fieldOf(environment['DD_EXTERNAL_ENV'])) || undefined,
    cardinality: (options.cardinality ?? cardinalityOf(environment, complaints)) || undefined,
    entityId: (options.entityId ?? fieldOf(environment['DD_ENTITY_ID'])) || undefined,
  };
}

function isOff(value: string | undefined): boolean {
  return value !== undefined && /^(false|0|no|off)$/i.test(value.trim());
}

/** A variable as a field of a line: without what could end the field. */
function fieldOf(value: string | undefined): string {
  return value?.replaceAll(/[^!-{}~]/g, '') ?? '';
}

function cardinalityOf(environment: Environment, complaints: string[]): TagCardinality | undefined {
  for (const name of ['DD_CARDINALITY', 'DATADOG_CARDINALITY']) {
    const value = environment[name]?.trim().toLowerCase();
    if (value === undefined || value === '') continue;
    if ((tagCardinalities as readonly string[]).includes(value)) return value as TagCardinality;
    complaints.push(`${name} must be one of ${tagCardinalities.join(', ')}.`);
  }
  return undefined;
}

/** `DD_TAGS`, then `DD_ENV`, `DD_SERVICE` and `DD_VERSION`, which win. */
function tagsOfEnvironment(environment: Environment): ConstantTag[] {
  const tags = (environment['DD_TAGS'] ?? '').split(/[,\s]+/).flatMap((text): ConstantTag[] => {
    const colon = text.indexOf(':');
    if (text === '' || colon === 0) return [];
    return [colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)]];
  });
  for (const key of ['env', 'service', 'version']) {
    const value = environment[`DD_${key.toUpperCase()}`]?.trim();
    if (value) tags.push([key, value]);
  }
  return tags;
}

type Decision = Pick<Settings, 'address' | 'addressFrom'>;

function addressOf(options: DogStatsdOptions, environment: Environment, complaints: string[]): Decision {
  const { statsdHost, statsdPort, statsdSocketPath } = options;
  if (statsdSocketPath !== undefined) {
    const address = parseServerUrl(statsdSocketPath) ?? { protocol: 'unixgram', path: statsdSocketPath };
    return { address, addressFrom: 'options' };
  }
  const isExplicit = statsdHost !== undefined || statsdPort !== undefined;
  for (const name of isExplicit ? [] : ['DD_DOGSTATSD_URL', 'DD_DOGSTATSD_SOCKET']) {
    const value = environment[name]?.trim();
    if (!value) continue;
    // A path alone does not say what listens there.
    const address = parseServerUrl(
      name === 'DD_DOGSTATSD_SOCKET' && !value.includes('://') ? `unix://${value}` : value,
    );
    if (address !== undefined) return { address, addressFrom: name };
    complaints.push(`${name} must be like udp://host:port, unix://path, unixgram://path or unixstream://path.`);
  }
  const from = new Set(isExplicit ? ['options'] : []);
  const host = statsdHost ?? environment['DD_AGENT_HOST']?.trim();
  if (statsdHost === undefined && host) from.add('DD_AGENT_HOST');
  const portText = statsdPort === undefined ? (environment['DD_DOGSTATSD_PORT']?.trim() ?? '') : '';
  const port = statsdPort ?? parsePort(portText);
  if (portText !== '') {
    if (port === undefined) complaints.push('DD_DOGSTATSD_PORT must be a number from 1 to 65535.');
    else from.add('DD_DOGSTATSD_PORT');
  }
  const address: ServerAddress = { protocol: 'udp', host: host || '127.0.0.1', port: port ?? defaultPort };
  return { address, addressFrom: from.size === 0 ? 'default' : [...from].join(', ') };
}
