import { type BackendUnderTest, conformanceChecks } from '@metrics/testing/conformance';
import { describeWithUnixDatagrams } from 'test-kit/describe-with';
import { subject } from './dogstatsd-subject.js';

const unaggregated = subject('udp', { aggregation: false }, { sampled: ['counter', 'timing', 'distribution'] });
describe.each<[string, BackendUnderTest]>([
  ['over UDP', subject('udp')],
  ['without aggregation', unaggregated],
  ['over a Unix stream', { ...subject('unixstream'), program: undefined }],
])('DogStatsdMetricsBackend %s', (_transport, one) => {
  test.each(conformanceChecks)('$name', ({ run }) => run(one));
});
describeWithUnixDatagrams('DogStatsdMetricsBackend over Unix datagrams', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run({ ...subject('unixgram'), program: undefined }));
});
