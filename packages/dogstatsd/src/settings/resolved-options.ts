// Combines options, environment and dialect.
import { parseHost } from '@metrics/statsd/wire';
import type { ConstantTag } from '../line/constant-tags.js';
import { checkOptions } from './check-options.js';
import { type Dialect, type DialectCapabilities, dialects } from './dialect.js';
import type { DogStatsdOptions } from './dogstatsd-options.js';
import { type Environment, ignored, readVariable } from './environment.js';
import { type Origin, originFields, resolveOrigin } from './origin.js';
import { resolveTags } from './resolved-tags.js';
import { DEFAULT_PORT, parsePort, parseServerUrl, type ServerAddress } from './server-address.js';

/** The result of options, environment and dialect. */
export interface ResolvedOptions {
  readonly address: ServerAddress;
  /** The source of the address: `options`, `default`, or the names of variables. */
  readonly addressFrom: string;
  readonly dialect: Dialect;
  readonly capabilities: DialectCapabilities;
  readonly origin: Origin;
  /** The constant tags. Several of one key are several values of it. */
  readonly tags: readonly ConstantTag[];
  /** One sentence for each variable that is invalid and ignored. */
  readonly warnings: readonly string[];
}

/**
 * Resolves everything that an option, a variable of the environment or the dialect can decide, in this order. Invalid
 * variables are ignored and reported: a bad environment must not prevent start-up.
 *
 * @param detectContainerId called unless an option or a variable decides about the container.
 * @throws {TypeError | RangeError} on an invalid option.
 */
export function resolveOptions(
  options: DogStatsdOptions,
  environment: Environment,
  detectContainerId: () => string | undefined,
): ResolvedOptions {
  checkOptions(options);
  const warnings: string[] = [];
  const dialect = options.dialect ?? 'agent';
  const capabilities = applyOverrides(dialects[dialect], options);
  const origin = resolveOrigin({ options, environment, detectContainerId }, capabilities.origin, warnings);
  return {
    ...resolveAddress(options, environment, warnings),
    dialect,
    capabilities: { ...capabilities, lineSuffix: originFields(origin) },
    origin,
    tags: resolveTags({ options, environment, entityId: origin.entityId, rules: capabilities }),
    warnings,
  };
}

function applyOverrides(
  capabilities: DialectCapabilities,
  { packing, timestamps, telemetry }: DogStatsdOptions,
): DialectCapabilities {
  return {
    ...capabilities,
    packedKinds: packing === undefined ? capabilities.packedKinds : packing ? dialects.agent.packedKinds : [],
    timestamps: timestamps ?? capabilities.timestamps,
    telemetry: telemetry ?? capabilities.telemetry,
  };
}

function resolveAddress(
  options: DogStatsdOptions,
  environment: Environment,
  warnings: string[],
): Pick<ResolvedOptions, 'address' | 'addressFrom'> {
  const { statsdHost, statsdPort, statsdSocketPath } = options;
  if (statsdSocketPath !== undefined) {
    const address = parseServerUrl(statsdSocketPath) ?? { protocol: 'unix', path: statsdSocketPath };
    return { address, addressFrom: 'options' };
  }
  const isExplicit = statsdHost !== undefined || statsdPort !== undefined;
  for (const name of isExplicit ? [] : ['DD_DOGSTATSD_URL', 'DD_DOGSTATSD_SOCKET']) {
    const value = readVariable(environment, name);
    if (value === undefined) continue;
    // A path alone does not show whether the server takes datagrams or streams.
    const address = parseServerUrl(
      name === 'DD_DOGSTATSD_SOCKET' && !value.includes('://') ? `unix://${value}` : value,
    );
    if (address !== undefined) return { address, addressFrom: name };
    warnings.push(ignored(name, 'like udp://host:port, unix://path, unixgram://path or unixstream://path', value));
  }
  const from = new Set(isExplicit ? ['options'] : []);
  const hostText = statsdHost === undefined ? readVariable(environment, 'DD_AGENT_HOST') : undefined;
  const host = parseHost(statsdHost ?? hostText);
  if (hostText !== undefined) {
    if (host === undefined)
      warnings.push(ignored('DD_AGENT_HOST', 'a name or an address, without protocol and port', hostText));
    else from.add('DD_AGENT_HOST');
  }
  const portText = statsdPort === undefined ? readVariable(environment, 'DD_DOGSTATSD_PORT') : undefined;
  const port = statsdPort ?? parsePort(portText ?? '');
  if (portText !== undefined) {
    if (port === undefined) warnings.push(ignored('DD_DOGSTATSD_PORT', 'a number from 1 to 65535', portText));
    else from.add('DD_DOGSTATSD_PORT');
  }
  const address: ServerAddress = { protocol: 'udp', host: host ?? '127.0.0.1', port: port ?? DEFAULT_PORT };
  return { address, addressFrom: from.size === 0 ? 'default' : [...from].join(', ') };
}
