import { type BackendSubject, conformanceChecks } from '@metrics/testing';
import { loggingSubject } from './logging-subject.js';

describe.each<[string, BackendSubject]>([
  ['a line for each call', loggingSubject()],
  ['a summary for each window', loggingSubject({ summary: {} })],
])('LoggingBackend with %s', (_mode, subject) => {
  test.each(conformanceChecks)('$name', ({ run }) => run(subject));
});
