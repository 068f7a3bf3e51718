import { type BackendUnderTest, conformanceChecks } from '@metrics/testing/conformance';
import { describeWithUnixDatagrams } from 'test-kit/describe-with';
import { tcpSubject, udpSubject, unixSubject } from './statsd-subject.js';

describe.each<[string, BackendUnderTest]>([
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
