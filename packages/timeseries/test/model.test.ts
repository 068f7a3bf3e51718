import { createMetrics } from '@metrics/core';
import { testModel } from 'test-kit/backend-model';
import { createTestBackend } from './create-test-backend.js';

testModel(
  30,
  () => createMetrics(),
  () => ({ backend: createTestBackend({ include: ['*'] }).backend }),
);
