import { type BackendUnderTest, conformanceChecks } from '@metrics/testing/conformance';
import { loggingSubject } from './logging-subject.js';

describe.each<[string, BackendUnderTest]>([
  ['a line for each call', loggingSubject()],
  ['a summary for each window', loggingSubject({ summary: {} })],
])('LoggingBackend with %s', (_mode, subject) => {
  test.each(conformanceChecks)('$name', ({ run }) => run(subject));
});
