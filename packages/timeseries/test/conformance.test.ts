import { conformanceChecks } from '@metrics/testing';
import { memorySubject } from './memory-subject.js';

describe('TimeSeriesBackend in memory', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run(memorySubject));
});
