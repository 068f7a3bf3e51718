import { createMetrics } from '@metrics/core';
import { testModel } from 'test-kit/backend-model';
import { datadogSubject } from './datadog-subject.js';

testModel(
  8,
  () => createMetrics(),
  () => datadogSubject().create(),
);
