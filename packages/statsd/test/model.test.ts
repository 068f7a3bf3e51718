import { createMetrics } from '@metrics/core';
import { testModel } from 'test-kit/backend-model';
import { udpSubject } from './statsd-subject.js';

testModel(
  15,
  () => createMetrics(),
  () => udpSubject({ tagFormat: 'datadog' }).create(),
);
