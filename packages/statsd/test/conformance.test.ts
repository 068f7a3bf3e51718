import { type BackendSubject, conformanceChecks } from '@metrics/testing';
import { udpSubject, unixSubject } from './statsd-subject.js';

describe.each<[string, BackendSubject]>([
  ['over UDP', udpSubject()],
  ['without aggregation', udpSubject({ aggregation: false }, { sampled: ['counter', 'timing', 'distribution'] })],
  ['with tags', udpSubject({ tagFormat: 'datadog' }, { tags: 'kept', instance: 'tag' })],
  ['over a Unix socket', unixSubject],
])('StatsdMetricsBackend %s', (_transport, subject) => {
  test.each(conformanceChecks)('$name', ({ run }) => run(subject));
});
