import type { Series } from '@metrics/core';
import { datadogSyntax } from './datadog-syntax.js';
import { graphiteSyntax } from './graphite-syntax.js';
import { influxSyntax } from './influx-syntax.js';
import { plainSyntax } from './plain-syntax.js';

/** Where a line carries tags, if at all. */
export type TagFormat = 'none' | 'graphite' | 'influx' | 'datadog';

/**
 * What a flavour of StatsD makes of a series: the texts of its lines and where they stand. A line is
 * `name[tags]:value|type[|@rate][tags]`, and a flavour has its tags in one of the two places.
 */
export interface LineSyntax {
  /** The name, then what a tag is in this flavour, one text each; sanitised, so that no text holds any syntax. */
  texts(series: Series): string[];
  /** Whether tags are a part of the name, or stand at the end of the line. */
  readonly tagsInName: boolean;
  /** Before the first tag. */
  readonly firstTag: string;
  /** Before every other tag. */
  readonly nextTag: string;
}

export function lineSyntax(format: TagFormat): LineSyntax {
  return SYNTAXES[format];
}

const SYNTAXES: Readonly<Record<TagFormat, LineSyntax>> = {
  none: plainSyntax,
  graphite: graphiteSyntax,
  influx: influxSyntax,
  datadog: datadogSyntax,
};
