// @ts-check
// A strict reader of the text format 0.0.4, and of OpenMetrics as far as the package writes it. Stricter than servers are: what
// one of them refuses, or takes for something else, is an error here. Plain JavaScript, because the reliability
// matrix uses it, too.
'use strict';

/**
 * @typedef {object} ParsedSample
 * @property {string} name
 * @property {Readonly<Record<string, string>>} labels
 * @property {number} value
 *
 * @typedef {object} ParsedFamily
 * @property {string} name
 * @property {string} type
 * @property {string} help
 * @property {ParsedSample[]} samples
 */

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*/;

/**
 * @param {string} text
 * @returns {ParsedFamily[]}
 * @throws {Error} that shows the line if the text is not valid.
 */
function parseExposition(text, isOpenMetrics = false) {
  /** @type {Map<string, ParsedFamily>} */
  const families = new Map();
  /** @type {Set<string>} */
  const series = new Set();
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('the last line has no end');
  if (isOpenMetrics && lines.pop() !== '# EOF') throw new Error('no # EOF at the end');
  /** @type {{ name: string, text: string } | undefined} */
  let help;
  /** @type {ParsedFamily | undefined} */
  let family;
  for (const line of lines) {
    const fail = (/** @type {string} */ what) => {
      throw new Error(`${what}: ${JSON.stringify(line)}`);
    };
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE|UNIT) (\S+) ?(.*)$/s.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (help !== undefined || families.has(name)) fail('a second HELP');
      if (/\\(?![\\n"])/.test(rest.replaceAll('\\\\', ''))) fail('an invalid escape');
      help = { name, text: rest };
    } else if (keyword === 'TYPE') {
      if (help?.name !== name) fail('TYPE without its HELP');
      if (families.has(name)) fail('a second TYPE');
      family = { name, type: rest, help: help?.text ?? '', samples: [] };
      families.set(name, family);
      help = undefined;
    } else if (keyword === 'UNIT') {
      if (!isOpenMetrics || name !== family?.name || !name.endsWith(`_${rest}`)) fail('UNIT that is not the suffix');
    } else {
      const sample = parseSample(line);
      if (family === undefined || !sampleNames(family, isOpenMetrics).includes(sample.name))
        fail('a sample out of place');
      const identity = JSON.stringify([sample.name, sortByName(sample.labels)]);
      if (series.has(identity)) fail('a series that is there already');
      series.add(identity);
      family?.samples.push(sample);
    }
  }
  for (const each of families.values()) if (each.samples.length === 0) throw new Error(`${each.name} has no samples`);
  return [...families.values()];
}

/** @param {ParsedFamily} family @param {boolean} isOpenMetrics */
function sampleNames({ name, type }, isOpenMetrics) {
  if (type === 'histogram') return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
  return [type === 'counter' && isOpenMetrics ? `${name}_total` : name];
}

/** @param {string} line @returns {ParsedSample} */
function parseSample(line) {
  const [name] = NAME.exec(line) ?? [''];
  if (name === '') throw new Error(`no name: ${JSON.stringify(line)}`);
  /** @type {Record<string, string>} */
  const labels = {};
  let at = name.length;
  if (line[at] === '{') {
    do {
      at += 1;
      const [label] = NAME.exec(line.slice(at)) ?? [''];
      const value = /^="((?:\\[\\n"]|[^\\"\n])*)"/.exec(line.slice(at + label.length));
      if (label === '' || label.startsWith('__') || value === null || value[1] === '' || Object.hasOwn(labels, label))
        throw new Error(`a label that is not valid: ${JSON.stringify(line)}`);
      labels[label] = (value[1] ?? '').replaceAll(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped));
      at += label.length + value[0].length;
    } while (line[at] === ',');
    if (line[at] !== '}') throw new Error(`labels without an end: ${JSON.stringify(line)}`);
    at += 1;
  }
  const number = /^ (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/.exec(line.slice(at));
  if (number === null) throw new Error(`no number: ${JSON.stringify(line)}`);
  return { name, labels, value: Number(number[1]) };
}

/** @param {Readonly<Record<string, string>>} labels */
function sortByName(labels) {
  return Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
}

module.exports = { parseExposition, sortByName };
