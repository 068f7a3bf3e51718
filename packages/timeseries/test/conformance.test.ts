import { conformanceChecks } from '@metrics/testing/conformance';
import { memorySubject } from './memory/memory-subject.js';

describe('TimeSeriesBackend in memory', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run(memorySubject));
});
