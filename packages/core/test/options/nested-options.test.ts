import { createMetrics } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

test.each([null, 5, 'guard', true, [], () => {}])(
  'cardinality: %p is an error that names the option',
  (cardinality) => {
    expect(() => createMetrics({ backend: new JournalBackend(), cardinality: cardinality as never })).toThrow(
      /cardinality must be of type object|options must be an object/,
    );
  },
);
