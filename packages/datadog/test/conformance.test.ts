import { type BackendUnderTest, conformanceChecks } from '@metrics/testing/conformance';
import { datadogSubject } from './datadog-subject.js';

describe.each<[string, BackendUnderTest]>([
  ['over version 2 of the API', datadogSubject()],
  ['over version 1', datadogSubject({ seriesVersion: 1 })],
  ['with histograms', datadogSubject({ timings: 'histogram' })],
])('DatadogMetricsBackend %s', (_mode, subject) => {
  test.each(conformanceChecks)('$name', ({ run }) => run(subject));
});
