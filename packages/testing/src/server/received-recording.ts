import type { DogStatsdMessage, DogStatsdMetric } from '../dogstatsd/dogstatsd-message.js';
import { describeRecording } from '../recording/describe-recording.js';
import type { RecordedSample, RecordedValue } from '../recording/recorded-sample.js';
import { Recording, type TagQuery } from '../recording/recording.js';

const KINDS = { c: 'counter', g: 'gauge', ms: 'timing', h: 'distribution', d: 'distribution', s: 'set' } as const;

/**
 * A {@link Recording} of received messages. Keys are whole names, prefix included. Counters are scaled as servers do:
 * each amount is divided by its rate.
 */
export class ReceivedRecording extends Recording {
  override counter(name: string, tags?: TagQuery): number {
    const samples = this.samples({ kind: 'counter', name, tags }) as RecordedValue[];
    return samples.reduce((sum, sample) => sum + scaleByRate(sample), 0);
  }

  override toString(): string {
    return describeRecording(this.samples(), this, scaleByRate);
  }

  /** Adds a message. Returns true if that evicted an older one. */
  addMessage(message: DogStatsdMessage): boolean {
    switch (message.type) {
      case '_e':
        return this.addEvent(withoutOrigin(message));
      case '_sc':
        return this.addServiceCheck(withoutOrigin(message));
      default:
        return samplesOf(message)
          .map((sample) => this.addSample(sample))
          .includes(true);
    }
  }
}

/** Returns the value divided by its rate. Inverses within a millionth of an integer are rounded to it. */
export function scaleByRate({ value, sampleRate }: RecordedValue): number {
  const inverse = 1 / sampleRate;
  const whole = Math.round(inverse);
  return value * (Math.abs(inverse - whole) < inverse / 1e6 ? whole : inverse);
}

function samplesOf(message: DogStatsdMetric): RecordedSample[] {
  const { type, name, tags } = message;
  const series = { key: name, name, tags, internal: false, ...UNKNOWN };
  if (type === 's') return [Object.freeze({ ...series, kind: KINDS[type], member: message.member })];
  const { sampleRate, timestamp } = message;
  const time = timestamp === undefined ? {} : { timestamp };
  return message.values.map((value) => Object.freeze({ ...series, kind: KINDS[type], value, sampleRate, ...time }));
}

/** The properties of a series that no line contains. */
const UNKNOWN = { instance: undefined, unit: undefined, description: undefined, buckets: undefined };

/** Returns the message without its type and its origin. */
function withoutOrigin<Message extends DogStatsdMessage>(message: Message): Omit<Message, keyof typeof ORIGIN_FIELDS> {
  const entries = Object.entries(message).filter(([field]) => !Object.hasOwn(ORIGIN_FIELDS, field));
  return Object.fromEntries(entries) as Omit<Message, keyof typeof ORIGIN_FIELDS>;
}

const ORIGIN_FIELDS = { type: true, localData: true, externalData: true, cardinality: true };
