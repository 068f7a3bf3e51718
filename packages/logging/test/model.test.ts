import { createMetrics } from '@metrics/core';
import { testModel } from 'test-kit/backend-model';
import { loggingSubject } from './logging-subject.js';

testModel(
  30,
  () => createMetrics(),
  () => loggingSubject().create(),
);
