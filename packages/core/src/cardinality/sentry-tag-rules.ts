/**
 * The rule of Sentry's own metrics layer, as `cardinality` options of `register`: every `*_id`, `event`, `project` and
 * `group` is left out, save for five keys that are known to be bounded.
 */
export const sentryTagRules: {
  readonly never: readonly string[];
  readonly allow: Readonly<Record<string, readonly string[]>>;
} = {
  never: ['*_id', 'event', 'project', 'group'],
  allow: { '*': ['use_case_id', 'consumer_member_id', 'broker_id', 'kafka_slice_id', 'group_id'] },
};
