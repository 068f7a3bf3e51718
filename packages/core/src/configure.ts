// Registers backends by name, from code or from the environment.
import { combine } from './combine.js';
import { DummyMetricsBackend } from './dummy-metrics-backend.js';
import { REGISTER_OPTIONS, type RegisterOptions, type Registration } from './engine/registration.js';
import { metrics } from './facade/shared-metrics.js';
import { applicationFiles, loadInstalled } from './load-installed.js';
import type { MetricsBackend } from './metrics-backend.js';
import { checkKnownOptions } from './options/option-checks.js';
import { describeValue } from './problems/describe-value.js';
import { redact } from './problems/redact.js';
import { builtinModule, readVariable } from './runtime.js';
import type { Tags } from './series/tags.js';

/** Creates a backend from its options: the export `createBackend` of a package. May throw, which {@link configure} rethrows. */
export type CreateBackend = (options: never) => MetricsBackend;

/** Options of {@link configure}: those of `register`, and the backend by name. */
export interface ConfigureOptions extends RegisterOptions {
  /**
   * A package that exports `createBackend(options)`, or such a function, or a list of them: then each gets every sample.
   * `METRICS_BACKEND`, separated by commas. @default the dummy
   */
  readonly backend?: string | CreateBackend | readonly (string | CreateBackend)[] | undefined;
  /**
   * Passed to `createBackend` unchanged. With a list, an object: the options of each package by its name; functions in the
   * list get none. `METRICS_OPTIONS`, as JSON.
   */
  readonly options?: unknown;
  /** Functions by the name of a package, which is then not looked up: in a bundle there are no packages. */
  readonly factories?: Readonly<Record<string, CreateBackend>> | undefined;
  /**
   * The path or URL of the file from which packages are looked up.
   * @default the application's main file, then the working directory
   */
  readonly from?:
    | string
    | {
        /** The URL, of the scheme `file:`. */
        readonly href: string;
      }
    | undefined;
}

/**
 * Registers a backend by name, from code or from the environment: `METRICS_BACKEND`, `METRICS_OPTIONS` (JSON),
 * `METRICS_PREFIX`, `METRICS_SAMPLE_RATE`, `METRICS_TAGS` (`key:value,key:value`). Code overrides the environment.
 *
 * @throws {Error} if a backend cannot be found or created. The message never shows the options, which may contain secrets.
 *
 * @example
 * ```ts
 * import { configure, metrics } from '@metrics/core';
 *
 * configure({ backend: '@metrics/logging', options: { level: 'info' }, prefix: 'shop.' });
 * metrics.incr('orders.placed');
 * await metrics.close();
 * ```
 */
export function configure(configuration: ConfigureOptions = {}): Registration {
  const own = ['backend', 'options', 'factories', 'from'];
  checkKnownOptions('configure()', configuration, [...own, ...Object.keys(REGISTER_OPTIONS)]);
  const { backend: given, options, factories, from, ...registerOptions } = configuration;
  const rate = readVariable('METRICS_SAMPLE_RATE');
  const backends = createBackends(
    [given ?? readVariable('METRICS_BACKEND')?.split(',') ?? []].flat(),
    options ?? parseOptions(readVariable('METRICS_OPTIONS')),
    (name) => factories?.[name] ?? loadFactory(name, from),
  );
  if (backends.length === 0) backends.push(new DummyMetricsBackend());
  try {
    return metrics.register(backends.length > 1 ? combine(...backends) : backends[0]!, {
      ...registerOptions,
      prefix: registerOptions.prefix ?? readVariable('METRICS_PREFIX'),
      sampleRate: registerOptions.sampleRate ?? (rate ? Number(rate) : undefined),
      tags: { ...parseTags(readVariable('METRICS_TAGS')), ...registerOptions.tags },
    });
  } catch (error) {
    closeAll(backends);
    throw error;
  }
}

function createBackends(
  given: readonly (string | CreateBackend)[],
  options: unknown,
  findFactory: (name: string) => CreateBackend,
): MetricsBackend[] {
  const names = given.map((each) => (typeof each === 'string' ? each.trim() : each)).filter((each) => each !== '');
  const isList = names.length > 1;
  if (isList) checkOptionsByName(names, options);
  const backends: MetricsBackend[] = [];
  for (const name of names)
    try {
      const createBackend = typeof name === 'function' ? name : findFactory(name);
      const own = isList ? (options as Record<string, unknown> | undefined)?.[name as string] : options;
      backends.push(createBackend((own ?? {}) as never));
    } catch (error) {
      closeAll(backends);
      let message = redact(error, options);
      let subject = 'function';
      if (typeof name === 'string') {
        subject = describeValue(name);
        // The loader quotes the name as it is.
        message = message.replaceAll(name, () => subject.slice(1, -1));
      }
      // oxlint-disable-next-line preserve-caught-error -- the cause may quote the options, which may contain secrets
      throw new Error(`The metrics backend ${subject} could not be created: ${message}`);
    }
  return backends;
}

/** @throws {TypeError} unless the options of several backends are objects by the names of the packages. */
function checkOptionsByName(names: readonly (string | CreateBackend)[], options: unknown): void {
  const packages = names.filter((name) => typeof name === 'string');
  const repeated = packages.find((name, index) => packages.includes(name, index + 1));
  if (repeated !== undefined) throw new TypeError(`The metrics backend "${repeated}" is listed twice.`);
  if (options === undefined) return;
  if (!isObject(options))
    throw new TypeError('With several metrics backends, their options are an object by the name of the package.');
  checkKnownOptions('options of several metrics backends, by the name of the package', options, packages);
  const wrong = packages.find((name) => options[name] !== undefined && !isObject(options[name]));
  if (wrong !== undefined) throw new TypeError(`The options of the metrics backend "${wrong}" are not an object.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Releases backends that are never registered: they may have sockets and timers. */
function closeAll(backends: readonly MetricsBackend[]): void {
  for (const backend of backends) void Promise.resolve(backend?.close?.({ timeout: 0 })).catch(() => {});
}

function loadFactory(name: string, from: ConfigureOptions['from']): CreateBackend {
  if (/\p{Cc}|\p{Cs}/u.test(name)) throw new Error('no package has control characters in its name');
  if (builtinModule('node:module') === undefined)
    throw new Error('this runtime cannot load a package by its name; pass a function as `backend`, or in `factories`');
  const given = typeof from === 'object' ? from.href : from;
  const files = given === undefined ? applicationFiles() : [given];
  const loaded = loadInstalled(name, files) as { createBackend?: CreateBackend } | undefined;
  if (loaded === undefined)
    throw new Error(
      `Cannot find module '${name}' from ${files.join(' or ')}: install it, set \`from\`, or in a bundle pass \`factories\``,
    );
  if (typeof loaded.createBackend !== 'function') throw new Error('the package exports no createBackend()');
  return loaded.createBackend;
}

function parseOptions(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  let options: unknown;
  try {
    options = JSON.parse(text);
  } catch {
    // The parser's message quotes the value.
    throw new Error('METRICS_OPTIONS is not valid JSON');
  }
  if (!isObject(options))
    throw new TypeError('METRICS_OPTIONS is not an object in JSON, such as {"host":"localhost"}.');
  return options;
}

function parseTags(text: string | undefined): Tags {
  const pairs = (text ?? '').split(',').map((pair) => pair.split(/:(.*)/s, 2).map((part) => part.trim()));
  return Object.fromEntries(pairs.filter((pair) => pair.length > 1));
}
