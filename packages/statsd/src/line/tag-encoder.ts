import type { Series } from '@metrics/core';
import { datadogSyntax } from '../tag-format/datadog-syntax.js';
import { graphiteSyntax } from '../tag-format/graphite-syntax.js';
import { influxSyntax } from '../tag-format/influx-syntax.js';
import { plainSyntax } from '../tag-format/tag-format.js';

/** Where a line carries tags, if at all. */
export type TagFormat = 'none' | 'graphite' | 'influx' | 'datadog';

/**
 * What a flavour of StatsD makes of a series: the texts of its lines and where they stand. A line is
 * `name[tags]:value|type[|@rate][tags]`, and a flavour has its tags in one of the two places.
 */
export interface TagEncoder {
  /** The name, then what a tag is in this flavour, one text each; sanitize, so that no text holds any syntax. */
  encode(series: Series): string[];
  /** Whether tags are a part of the name, or stand at the end of the line. */
  readonly tagsInName: boolean;
  /** Before the first tag. */
  readonly firstTag: string;
  /** Before every other tag. */
  readonly nextTag: string;
}

export function lineSyntax(format: TagFormat): TagEncoder {
  return SYNTAXES[format];
}

const SYNTAXES: Readonly<Record<TagFormat, TagEncoder>> = {
  none: plainSyntax,
  graphite: graphiteSyntax,
  influx: influxSyntax,
  datadog: datadogSyntax,
};
