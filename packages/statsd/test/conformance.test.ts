import { type BackendSubject, conformanceChecks } from '@metrics/testing';
import { describeWithUnixDatagrams } from './describe-with.js';
import { tcpSubject, udpSubject, unixSubject } from './statsd-subject.js';

describe.each<[string, BackendSubject]>([
  ['over UDP', udpSubject()],
  ['without aggregation', udpSubject({ aggregation: false }, { sampled: ['counter', 'timing', 'distribution'] })],
  ['with tags', udpSubject({ tagFormat: 'datadog' }, { tags: 'kept', instance: 'tag' })],
  ['over TCP', tcpSubject],
])('StatsdMetricsBackend %s', (_transport, subject) => {
  test.each(conformanceChecks)('$name', ({ run }) => run(subject));
});

describeWithUnixDatagrams('StatsdMetricsBackend over a Unix socket', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run(unixSubject));
});
