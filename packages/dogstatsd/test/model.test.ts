import { createMetrics } from '@metrics/core';
import { testModel } from 'test-kit/backend-model';
import { subject } from './dogstatsd-subject.js';

testModel(
  15,
  () => createMetrics(),
  () => subject('udp').create(),
);
