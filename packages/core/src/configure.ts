import { DummyMetricsBackend } from './dummy-metrics-backend.js';
import type { RegisterOptions, Registration } from './engine/registration.js';
import { metrics } from './facade/shared-metrics.js';
import type { MetricsBackend } from './metrics-backend.js';
import type { Tags } from './series/tags.js';

export interface ConfigureOptions extends RegisterOptions {
  /** The name of a package that exports `createBackend(options)`, or such a function. `METRICS_BACKEND`. @default none: the dummy */
  readonly backend?: string | ((options: never) => MetricsBackend) | undefined;
  /** Handed to `createBackend` as they are. `METRICS_OPTIONS`, as JSON. */
  readonly options?: unknown;
  /** The file from which the package is looked up, as a path or URL. @default the application's main file */
  readonly from?: string | { readonly href: string } | undefined;
}

/**
 * Registers a backend by name, from code or from the environment: `METRICS_BACKEND`, `METRICS_OPTIONS` (JSON),
 * `METRICS_PREFIX`, `METRICS_SAMPLE_RATE`, `METRICS_TAGS` (`key:value,key:value`). What is given here wins.
 *
 * @throws Error where the backend cannot be found or made. The message never shows the options: they may hold keys.
 */
export function configure(configuration: ConfigureOptions = {}): Registration {
  const environment = globalThis.process?.env ?? {};
  const { backend: named, options: given, from, ...registered } = configuration;
  const name = named ?? (environment['METRICS_BACKEND'] || undefined);
  const options = given ?? parsedOptions(environment['METRICS_OPTIONS']);
  const backend = name === undefined ? new DummyMetricsBackend() : created(name, options, from);
  const rate = environment['METRICS_SAMPLE_RATE'];
  return metrics.register(backend, {
    ...registered,
    prefix: registered.prefix ?? environment['METRICS_PREFIX'],
    sampleRate: registered.sampleRate ?? (rate ? Number(rate) : undefined),
    tags: { ...parsedTags(environment['METRICS_TAGS']), ...registered.tags },
  });
}

function created(
  name: string | ((options: never) => MetricsBackend),
  options: unknown,
  from: ConfigureOptions['from'],
): MetricsBackend {
  try {
    return factory(name, from)((options ?? {}) as never);
  } catch (error) {
    const shown = typeof name === 'string' ? `"${name}"` : 'function';
    // oxlint-disable-next-line preserve-caught-error -- the cause may quote the options, which may hold keys
    throw new Error(`The metrics backend ${shown} could not be made: ${withoutOptions(error, options)}`);
  }
}

function factory(
  name: string | ((options: never) => MetricsBackend),
  from: ConfigureOptions['from'],
): (options: never) => MetricsBackend {
  if (typeof name === 'function') return name;
  const module = globalThis.process?.getBuiltinModule?.('node:module');
  if (module === undefined) throw new Error('this runtime cannot load a package by name; pass a function');
  const given = typeof from === 'object' ? from.href : from;
  const main = given ?? globalThis.process.argv[1] ?? `${globalThis.process.cwd()}/main.js`;
  const { createBackend } = module.createRequire(main)(name) as { createBackend?: (options: never) => MetricsBackend };
  if (typeof createBackend !== 'function') throw new Error('the package exports no createBackend()');
  return createBackend;
}

/** The first line of an error's message, with whatever text of the options is in it struck out. */
function withoutOptions(error: unknown, options: unknown): string {
  let [message = ''] = String((error as Error | undefined)?.message ?? error).split('\n');
  JSON.stringify(options, (_key, value: unknown) => {
    if (typeof value === 'string' && value.length > 2) message = message.replaceAll(value, '***');
    return value;
  });
  return message;
}

function parsedOptions(text: string | undefined): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    throw new Error('METRICS_OPTIONS is not valid JSON');
  }
}

function parsedTags(text: string | undefined): Tags {
  const pairs = [...(text ?? '').matchAll(/([^,:]*):([^,]*)/g)];
  return Object.fromEntries(pairs.map(([, key, value]) => [key!.trim(), value!.trim()]));
}
