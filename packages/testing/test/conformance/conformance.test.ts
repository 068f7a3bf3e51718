import { combine, DummyMetricsBackend } from '@metrics/core';
import { type BackendUnderTest, conformanceChecks } from '../../src/conformance.js';
import { RecordingBackend } from '../../src/index.js';
import { BufferingBackend, bufferingSubject } from './buffering-backend.js';
import { recordingSubject } from './recording-subject.js';
import { cumulativeSubject, pulledSubject } from './totals-backends.js';

const dummy: BackendUnderTest = {
  ...recordingSubject({ kinds: {}, discards: true }),
  create: () => ({ backend: new DummyMetricsBackend() }),
};

describe('DummyMetricsBackend', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run(dummy));
});

describe('RecordingBackend', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run(recordingSubject()));
});

describe('combine of two recording backends', () => {
  const around = (backend: RecordingBackend) => combine(backend, new RecordingBackend());
  test.each(conformanceChecks)('$name', ({ run }) => run(recordingSubject({ around, copies: 2 })));
});

describe('combine of a dummy and a recording backend', () => {
  const around = (backend: RecordingBackend) => combine(new DummyMetricsBackend(), backend);
  test.each(conformanceChecks)('$name', ({ run }) => run(recordingSubject({ around })));
});

describe('a backend with windows, sampling and a transport that fails', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run(bufferingSubject(BufferingBackend, 'error')));
});

describe('a backend with windows, sampling and a transport that never responds', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run(bufferingSubject(BufferingBackend, 'silence')));
});

describe('a backend with totals that are read', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run(pulledSubject()));
});

describe('a backend that sends its totals again at each flush', () => {
  test.each(conformanceChecks)('$name', ({ run }) => run(cumulativeSubject));
});
