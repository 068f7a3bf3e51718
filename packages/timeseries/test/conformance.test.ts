import { conformanceChecks } from '@metrics/testing/conformance';
import { memoryBackend } from './memory/memory-backend.js';

describe('TimeSeriesBackend in memory', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run(memoryBackend));
});
