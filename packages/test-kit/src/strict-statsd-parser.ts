/** One line of a StatsD packet. */
export interface ParsedLine {
  readonly name: string;
  readonly value: string;
  readonly type: 'c' | 'g' | 'ms' | 's';
  readonly rate: number;
  /** The tags in the name or at the end of the line, unparsed: `key=value` or `key:value`. */
  readonly tags: readonly string[];
}

const LINE = /^(?<name>[!-~]+?):(?<value>[!-~]+)\|(?<type>c|g|ms|s)(?:\|@(?<rate>[0-9.]+))?(?:\|#(?<tags>[!-~]+))?$/;
const DECIMAL = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;
const SEPARATORS = { none: undefined, datadog: undefined, graphite: ';', influx: ',' };

/**
 * Reads a packet as the strictest server does. Throws an Error for everything that known servers read differently: an
 * exponent, an infinity, a sampled gauge, a missing final newline, an empty line, a byte outside ASCII.
 */
export function parseStatsd(packet: string, format: keyof typeof SEPARATORS = 'none'): ParsedLine[] {
  if (!packet.endsWith('\n')) throw new Error(`The last line does not end: ${JSON.stringify(packet.slice(-80))}`);
  return packet
    .slice(0, -1)
    .split('\n')
    .map((line) => parseLine(line, format));
}

function parseLine(line: string, format: keyof typeof SEPARATORS): ParsedLine {
  const fail = (reason: string): never => {
    throw new Error(`${reason}: ${JSON.stringify(line)}`);
  };
  const groups = LINE.exec(line)?.groups ?? fail('Not a StatsD line');
  const { value, type, rate } = groups as { value: string; type: ParsedLine['type']; rate?: string };
  const separator = SEPARATORS[format];
  const [name, ...inName] = separator === undefined ? [groups['name']!] : groups['name']!.split(separator);
  const atEnd = groups['tags']?.split(',') ?? [];
  if (atEnd.length > 0 && format !== 'datadog') fail('Tags at the end');
  if (/[:|@#,;=]/.test(name!)) fail('Syntax in the name');
  for (const tag of inName) if (!/^[^:|@#,;=]+=[^:|@#,;=]+$/.test(tag)) fail('A malformed tag');
  for (const tag of atEnd) if (!/^[^:|@#,;=]+:[^|@#,]+$/.test(tag)) fail('A malformed tag');
  if (type === 's' ? /[:|]/.test(value) : !DECIMAL.test(value)) fail('A malformed value');
  if (type === 'ms' && value.startsWith('-')) fail('A negative timing');
  if (rate !== undefined && (type === 'g' || type === 's')) fail('A sampled gauge or set');
  if (rate !== undefined && !(DECIMAL.test(rate) && Number(rate) > 0 && Number(rate) < 1)) fail('A malformed rate');
  return { name: name!, value, type, rate: rate === undefined ? 1 : Number(rate), tags: [...inName, ...atEnd] };
}
