import { createMetrics } from '@metrics/core';
import fc from 'fast-check';
import { type Command, commands } from 'test-kit/facade-commands';
import type { ModelSample } from 'test-kit/facade-model';
import { FacadeRun } from 'test-kit/facade-run';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { type RecordedSample, RecordingBackend } from '../../src/index.js';

beforeEach(() => {
  jest.useFakeTimers();
  // Problems without a backend.
  jest.spyOn(process, 'emitWarning').mockImplementation();
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** A recording that must not be registered over, as most backends. */
class LiveRecording extends RecordingBackend {
  override readonly replaceable = false as true;
}

/** One line for a sample, with its tags by ascending keys. */
function line(kind: string, name: string, tags: object, ...rest: readonly unknown[]): string {
  const value = rest.map((part) => (Object.is(part, -0) ? '-0' : (JSON.stringify(part) ?? '-')));
  return `${kind} ${name} ${JSON.stringify(Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1)))} ${value.join(' ')}`;
}

const expectedLine = ({ kind, name, tags, instance, value, sampleRate, timestamp }: ModelSample): string =>
  line(kind, name, tags, instance, value, sampleRate, timestamp);

function recordedLine(sample: RecordedSample): string {
  const { kind, name, tags, instance } = sample;
  return sample.kind === 'set'
    ? line(kind, name, tags, instance, sample.member, 1, undefined)
    : line(kind, name, tags, instance, sample.value, sample.sampleRate, sample.timestamp);
}

/** Returns one line for each event and each service check. */
function eventLines(events: readonly ModelSample[]): string[] {
  return ['event', 'serviceCheck'].flatMap((kind) =>
    events.filter((each) => each.kind === kind).map(({ name, tags }) => line(kind, name, tags)),
  );
}

/** Runs the steps on a facade with recordings and on the model, which must agree after each step. */
async function runModel(steps: readonly Command[]): Promise<void> {
  const run = new FacadeRun<RecordingBackend>({
    createMetrics: () => createMetrics(),
    createBackend: (live) => (live ? new LiveRecording() : new RecordingBackend()),
    advance: (milliseconds) => jest.advanceTimersByTime(milliseconds),
    check: ({ metrics, model, registered }) => {
      const { discarded, dropped, sampledOut, series, backend } = metrics.stats();
      const accepted = registered.reduce((sum, { expected }) => sum + expected.received.length, 0);
      expect({ discarded, dropped, sampledOut, series, backend }).toEqual({
        discarded: model.discarded,
        dropped: Object.fromEntries(model.dropped),
        sampledOut: model.sampledOut,
        series: model.series.length,
        backend: { accepted, sent: accepted, dropped: {}, pending: 0, sampledOut: 0 },
      });
      expect(model.made).toBe(discarded + model.droppedTotal + sampledOut + accepted);
    },
  });
  await run.run(steps);
  for (const { backend, expected } of run.registered) {
    const isEvent = ({ kind }: ModelSample): boolean => kind === 'event' || kind === 'serviceCheck';
    const { events, serviceChecks } = backend.recorded;
    const samples = expected.received.filter((each) => !isEvent(each));
    expect(backend.recorded.samples().map(recordedLine)).toEqual(samples.map(expectedLine));
    expect([
      ...events.map(({ title, tags }) => line('event', title, tags ?? {})),
      ...serviceChecks.map(({ name, tags }) => line('serviceCheck', name, tags ?? {})),
    ]).toEqual(eventLines(expected.received));
  }
}

it(
  'any interleaving of calls does what a plain model of the facade does',
  () => fc.assert(fc.asyncProperty(commands, runModel), fuzzRuns(100)),
  fuzzTimeout(),
);
