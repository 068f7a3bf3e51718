import { conformanceChecks } from '@metrics/testing/conformance';
import { collectedSubject, opentelemetrySubject } from './opentelemetry-subject.js';

describe.each(['cumulative', 'delta'] as const)('OpenTelemetryBackend over OTLP, %s', (temporality) => {
  test.each(conformanceChecks)('$name', ({ run }) => run(opentelemetrySubject(temporality)), 120_000);
});

describe('OpenTelemetryBackend as a producer', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run(collectedSubject));
});
