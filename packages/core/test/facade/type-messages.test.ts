import path from 'node:path';
import ts from 'typescript';
import { tagSeverity } from '../../src/index.js';

const folder = path.join(__dirname, '..', '..', '..', '..');
const file = path.join(__dirname, 'written-by-a-user.ts');

/** Parsed once for all programs. */
const libraries = new Map<string, ts.SourceFile | undefined>();

/** Returns the compiler's message about each line of a program that imports `metrics`, if there is one. */
function compiled(lines: readonly string[]): (string | undefined)[] {
  const { config } = ts.readConfigFile(path.join(folder, 'tsconfig.base.json'), ts.sys.readFile);
  const given = { ...config.compilerOptions, types: ['node'], isolatedDeclarations: false, declaration: false };
  const options = { ...ts.convertCompilerOptionsFromJson(given, folder).options, pathsBasePath: folder };
  const host = ts.createCompilerHost(options);
  const text = `import { anyValue, metrics, type Tags } from '@metrics/core'; export {};\n${lines.join('\n')}\n`;
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, language) => {
    if (name === file) return ts.createSourceFile(name, text, language);
    if (!libraries.has(name)) libraries.set(name, getSourceFile(name, language));
    return libraries.get(name);
  };
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  const messages: (string | undefined)[] = Array(lines.length).fill(undefined);
  for (const { start = 0, messageText } of [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ]) {
    const line = source!.getLineAndCharacterOfPosition(start).line - 1;
    messages[line] = [messages[line], ts.flattenDiagnosticMessageText(messageText, '\n')].filter(Boolean).join('\n');
  }
  return messages;
}

function rejection(key: string, type = 'string'): string {
  return `Type '${type}' is not assignable to type 'HighCardinalityTag<"${key}", "remove it, or add it to AllowedTags: see the README of @metrics/core">'.`;
}

it('a rejected tag is one line that names the key and what to do, in every verb', () => {
  const cases: [line: string, message: string | undefined][] = [
    [`metrics.incr('x', { tags: { request_id: String(1) } });`, rejection('request_id')],
    [`metrics.incr('x', 1, { tags: { platform: 'ios', userId: 5 } });`, rejection('userId', 'number')],
    [`metrics.gauge('x', 1, { tags: { email: String(1) } });`, rejection('email')],
    [`metrics.timing('x', 1, { tags: { url: String(1) } });`, rejection('url')],
    [`metrics.distribution('x', 1, { tags: { 'trace.id': String(1) } });`, rejection('trace.id')],
    [`metrics.set('x', 'm', { tags: { UUID: String(1) } });`, rejection('UUID')],
    [`metrics.event({ title: 'x', text: 'y', tags: { event_id: String(1) } });`, rejection('event_id')],
    [`metrics.serviceCheck({ name: 'x', status: 'ok', tags: { ip: String(1) } });`, rejection('ip')],
    [`metrics.timer('x', { tags: { org_id: String(1) } }, () => 1);`, rejection('org_id')],
    [`metrics.startTimer('x', { tags: { org_id: String(1) } });`, rejection('org_id')],
    [`metrics.startTimer('x').stop({ org_id: String(1) });`, rejection('org_id')],
    [`metrics.wraps('x', { tags: { org_id: String(1) } }, () => 1);`, rejection('org_id')],
    [`metrics.timed('x', { tags: { org_id: String(1) } });`, rejection('org_id')],
    [`metrics.withTags({ org_id: String(1) }, () => 1);`, rejection('org_id')],
    [`metrics.addTags({ org_id: String(1) });`, rejection('org_id')],
    [`metrics.child({ tags: { org_id: String(1) } });`, rejection('org_id')],
    [`metrics.register({} as never, { tags: { org_id: String(1) } });`, rejection('org_id')],
    [
      `metrics.incr('x', { tags: { user: { name: 'ann' } } });`,
      `Type '{ name: string; }' is not assignable to type 'TagValue | null | undefined'.`,
    ],
    [
      `metrics.incr('x', 1, { status: '200' });`,
      `Object literal may only specify known properties, and 'status' does not exist in type 'MetricOptions<Tags>'.`,
    ],
    [
      `metrics.defineCounter('x', { tags: { result: ['success', 'failure'], org_id: anyValue } }).incr({ result: 'other' });`,
      `Type '"other"' is not assignable to type '"success" | "failure" | null | undefined'.`,
    ],
    [`metrics.defineCounter('x', { tags: { org_id: anyValue } }).incr({ org_id: 5 });`, undefined],
    [
      `metrics.defineCounter('x').incr({ status: 'ok' });`,
      "Type 'string' is not assignable to type 'UndeclaredTag<\"list it in `tags` of the definition\">'.",
    ],
  ];
  expect(compiled(cases.map(([line]) => line))).toEqual(cases.map(([, message]) => message));
});

it('a variable with a rejected tag is an error that ends with the same line', () => {
  const [, message] = compiled([`const tags = { request_id: String(1) };`, `metrics.incr('x', { tags });`]);
  expect(message?.split('\n').at(-1)?.trim()).toBe(rejection('request_id'));
});

it('the compiler and the run time agree on every key', () => {
  const words = ['request', 'user', 'org', 'e', 'pa', 'val', 'x.y', 'uu', 'trace', 'a_b', '', 'U', 'é'];
  const ends = [
    'id',
    'Id',
    'ID',
    'iD',
    '_id',
    '-id',
    '.id',
    '_Id',
    '_ID',
    '-Id',
    '',
    's',
    '_ids',
    'mail',
    'url',
    'Url',
  ];
  const keys = [...new Set(words.flatMap((word) => ends.flatMap((end) => [word + end, (word + end).toUpperCase()])))];
  const messages = compiled(keys.map((key) => `metrics.incr('x', { tags: { ${JSON.stringify(key)}: 'v' } });`));
  const rejected = keys.filter((_, index) => messages[index] !== undefined);
  expect(rejected).toEqual(keys.filter((key) => tagSeverity(key) !== undefined));
  expect(rejected.length).toBeGreaterThan(50);
  expect(new Set(messages)).toEqual(
    new Set(
      [
        undefined,
        ...rejected.map((key) => rejection(key).replace("'string'", `'"v"'`)),
        ...rejected.map((key) => rejection(key)),
      ].filter((m) => messages.includes(m)),
    ),
  );
});
