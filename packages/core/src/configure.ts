// Registers a backend by name, from code or from the environment.
import { DummyMetricsBackend } from './dummy-metrics-backend.js';
import { REGISTER_OPTIONS, type RegisterOptions, type Registration } from './engine/registration.js';
import { metrics } from './facade/shared-metrics.js';
import type { MetricsBackend } from './metrics-backend.js';
import { checkKnownOptions } from './options/option-checks.js';
import { describeValue } from './problems/describe-value.js';
import type { Tags } from './series/tags.js';

/** Creates a backend from its options: the export `createBackend` of a package. */
type CreateBackend = (options: never) => MetricsBackend;

export interface ConfigureOptions extends RegisterOptions {
  /** A package that exports `createBackend(options)`, or such a function. `METRICS_BACKEND`. @default the dummy */
  readonly backend?: string | CreateBackend | undefined;
  /** Passed to `createBackend` unchanged. `METRICS_OPTIONS`, as JSON. */
  readonly options?: unknown;
  /** The path or URL of the file from which the package is resolved. @default the application's main file */
  readonly from?: string | { readonly href: string } | undefined;
}

/**
 * Registers a backend by name, from code or from the environment: `METRICS_BACKEND`, `METRICS_OPTIONS` (JSON),
 * `METRICS_PREFIX`, `METRICS_SAMPLE_RATE`, `METRICS_TAGS` (`key:value,key:value`). Code overrides the environment.
 *
 * @throws {Error} if the backend cannot be found or created. The message never shows the options, which may contain secrets.
 */
export function configure(configuration: ConfigureOptions = {}): Registration {
  checkKnownOptions('configure()', configuration, ['backend', 'options', 'from', ...Object.keys(REGISTER_OPTIONS)]);
  // A variable that is set to nothing is absent.
  const read = (name: string): string | undefined => globalThis.process?.env?.[name]?.trim() || undefined;
  const rate = read('METRICS_SAMPLE_RATE');
  const { backend: given, options: backendOptions, from, ...registerOptions } = configuration;
  const backend = given ?? read('METRICS_BACKEND');
  const options = backendOptions ?? parseOptions(read('METRICS_OPTIONS'));
  return metrics.register(backend === undefined ? new DummyMetricsBackend() : createFrom(backend, options, from), {
    ...registerOptions,
    prefix: registerOptions.prefix ?? read('METRICS_PREFIX'),
    sampleRate: registerOptions.sampleRate ?? (rate ? Number(rate) : undefined),
    tags: { ...parseTags(read('METRICS_TAGS')), ...registerOptions.tags },
  });
}

function createFrom(backend: string | CreateBackend, options: unknown, from: ConfigureOptions['from']): MetricsBackend {
  try {
    const createBackend = typeof backend === 'function' ? backend : loadFactory(backend, from);
    return createBackend((options ?? {}) as never);
  } catch (error) {
    let message = withoutOptions(error, options);
    let name = 'function';
    if (typeof backend === 'string') {
      name = describeValue(backend);
      // The loader quotes the name as it is.
      message = message.replaceAll(backend, () => name.slice(1, -1));
    }
    // oxlint-disable-next-line preserve-caught-error -- the cause may quote the options, which may contain secrets
    throw new Error(`The metrics backend ${name} could not be created: ${message}`);
  }
}

function loadFactory(name: string, from: ConfigureOptions['from']): CreateBackend {
  if (/\p{Cc}|\p{Cs}/u.test(name)) throw new Error('no package has control characters in its name');
  const module = globalThis.process?.getBuiltinModule?.('node:module');
  if (module === undefined) throw new Error('this runtime cannot load a package by name; pass a function');
  const given = typeof from === 'object' ? from.href : from;
  const main = given ?? globalThis.process.argv[1] ?? `${globalThis.process.cwd()}/main.js`;
  const { createBackend } = module.createRequire(main)(name) as { createBackend?: CreateBackend };
  if (typeof createBackend !== 'function') throw new Error('the package exports no createBackend()');
  return createBackend;
}

/** Returns the first line of an error's message, with every string of the options replaced by asterisks. */
function withoutOptions(error: unknown, options: unknown): string {
  let [message = ''] = String((error as Error | undefined)?.message ?? error).split('\n');
  // Grows while it is read. Options may contain themselves.
  const parts = new Set<unknown>([options]);
  for (const part of parts)
    if (typeof part === 'string' && part.length > 2) message = message.replaceAll(part, '***');
    else if (typeof part === 'object' && part !== null)
      try {
        for (const inner of Object.values(part)) parts.add(inner);
        // A URL keeps its parts in private fields.
        // oxlint-disable-next-line typescript/no-base-to-string -- `[object Object]` is in no message
        parts.add(String(part));
      } catch {
        // A getter or a proxy throws: what it hides cannot be quoted.
      }
  return message;
}

function parseOptions(text: string | undefined): unknown {
  if (!text?.trim()) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the value.
    throw new Error('METRICS_OPTIONS is not valid JSON');
  }
}

function parseTags(text: string | undefined): Tags {
  const pairs = (text ?? '').split(',').map((pair) => pair.split(/:(.*)/s, 2).map((part) => part.trim()));
  return Object.fromEntries(pairs.filter((pair) => pair.length > 1));
}
