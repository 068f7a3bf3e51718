// The resource: what produces the metrics. https://opentelemetry.io/docs/specs/otel/resource/sdk
import { readVariable } from '@metrics/core/backend';
import type { ResourceLike } from './metric-types.js';

/** Attributes that the environment or the application does not override. */
const DEFAULTS = {
  'service.name': 'unknown_service:node',
  'telemetry.sdk.name': '@metrics/opentelemetry',
  'telemetry.sdk.language': 'nodejs',
};

/** Returns the resource of the options; attributes are completed by those of the environment. */
export function resolveResource(
  resource: ResourceLike | Readonly<Record<string, unknown>> | undefined,
  onInvalid: (message: string) => void,
): ResourceLike {
  if (isResource(resource)) return resource;
  const serviceName = readVariable('OTEL_SERVICE_NAME');
  return {
    attributes: {
      ...DEFAULTS,
      ...parseAttributes(readVariable('OTEL_RESOURCE_ATTRIBUTES') ?? '', onInvalid),
      ...(serviceName !== undefined && { 'service.name': serviceName }),
      ...resource,
    },
  };
}

function isResource(resource: object | undefined): resource is ResourceLike {
  return typeof (resource as ResourceLike | undefined)?.attributes === 'object';
}

/** Parses `key=value,key=value`, with values percent-encoded. As the specification demands, an error discards all of them. */
function parseAttributes(text: string, onInvalid: (message: string) => void): Record<string, string> {
  try {
    return Object.fromEntries(
      text
        .split(',')
        .filter((pair) => pair.trim() !== '')
        .map((pair) => {
          const at = pair.indexOf('=');
          if (at <= 0) throw new TypeError('a pair without a key');
          return [decodeURIComponent(pair.slice(0, at).trim()), decodeURIComponent(pair.slice(at + 1).trim())];
        }),
    );
  } catch {
    onInvalid('OTEL_RESOURCE_ATTRIBUTES must be percent-encoded pairs such as team=shop,region=eu, and is ignored.');
    return {};
  }
}
