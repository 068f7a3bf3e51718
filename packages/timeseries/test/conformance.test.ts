import { conformanceChecks } from '@metrics/testing/conformance';
import { memoryBackend } from './memory/memory-backend.js';

/** A flush of ten thousand new series, on a machine that is busy with something else. */
const MAX_FLUSH_MS = 6000;

describe('TimeSeriesBackend in memory', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run({ ...memoryBackend, timeout: MAX_FLUSH_MS }), 120_000);
});
