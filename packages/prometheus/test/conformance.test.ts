import { conformanceChecks } from '@metrics/testing/conformance';
import { prometheusSubject } from './prometheus-subject.js';

describe('PrometheusBackend', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run(prometheusSubject));
});
