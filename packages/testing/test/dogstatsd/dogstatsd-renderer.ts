import type { DogStatsdMessage } from '../../src/servers.js';

const STATUSES = { ok: 0, warning: 1, critical: 2, unknown: 3 };

/** Renders the line that a client sends, without its line feed. Written from the vendor's page, not from the parser. */
export function renderDogStatsd(message: DogStatsdMessage): string {
  return [head(message), ...fields(message)].join('|');
}

function head(message: DogStatsdMessage): string {
  switch (message.type) {
    case '_e': {
      const title = message.title.replaceAll('\n', '\\n');
      const text = message.text.replaceAll('\n', '\\n');
      return `_e{${Buffer.byteLength(title)},${Buffer.byteLength(text)}}:${title}|${text}`;
    }
    case '_sc':
      return `_sc|${message.name}|${STATUSES[message.status]}`;
    case 's':
      return `${message.name}:${message.member}|s`;
    default:
      return `${message.name}:${message.values.join(':')}|${message.type}`;
  }
}

function fields(message: DogStatsdMessage): string[] {
  const tags = Object.entries(message.tags).map(([key, value]) => (value === '' ? key : `${key}:${value}`));
  const all: [string, string | number | undefined][] = [
    ['@', 'sampleRate' in message && message.sampleRate < 1 ? message.sampleRate : undefined],
    [message.type.startsWith('_') ? 'd:' : 'T', 'timestamp' in message ? message.timestamp : undefined],
    ['h:', 'hostname' in message ? message.hostname : undefined],
    ['k:', 'aggregationKey' in message ? message.aggregationKey : undefined],
    ['p:', 'priority' in message ? message.priority : undefined],
    ['s:', 'sourceTypeName' in message ? message.sourceTypeName : undefined],
    ['t:', 'alertType' in message ? message.alertType : undefined],
    ['#', tags.length > 0 ? tags.join(',') : undefined],
    ['m:', 'message' in message ? message.message?.replaceAll('m:', 'm\\:').replaceAll('\n', '\\n') : undefined],
    ['c:', message.localData],
    ['e:', message.externalData],
    ['card:', message.cardinality],
  ];
  return all.flatMap(([prefix, value]) => (value === undefined ? [] : [`${prefix}${value}`]));
}
