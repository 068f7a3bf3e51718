import type { DogStatsdMessage, DogStatsdMetric } from '../dogstatsd/dogstatsd-message.js';
import { describeRecording } from '../recording/describe-recording.js';
import type { RecordedSample, RecordedValue } from '../recording/recorded-sample.js';
import { Recording, type TagQuery } from '../recording/recording.js';

const KINDS = { c: 'counter', g: 'gauge', ms: 'timing', h: 'distribution', d: 'distribution', s: 'set' } as const;

/**
 * What a server was sent, with the questions of a {@link Recording}. Names are whole, with their prefix; a counter is the
 * sum that the server makes: each amount divided by its rate.
 */
export class ReceivedRecording extends Recording {
  override counter(name: string, tags?: TagQuery): number {
    const samples = this.samples({ kind: 'counter', name, tags }) as RecordedValue[];
    return samples.reduce((sum, sample) => sum + scaled(sample), 0);
  }

  override toString(): string {
    return describeRecording(this, scaled);
  }

  /** Keeps a message. Answers whether an older one had to go. */
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

/** A value as often as its rate says. Inverses of rates are whole but for rounding. */
export function scaled({ value, sampleRate }: RecordedValue): number {
  const inverse = 1 / sampleRate;
  const whole = Math.round(inverse);
  return value * (Math.abs(inverse - whole) < inverse / 1e6 ? whole : inverse);
}

function samplesOf(message: DogStatsdMetric): RecordedSample[] {
  const { type, name, tags } = message;
  const series = { key: name, name, instance: undefined, tags, unit: undefined, internal: false };
  if (type === 's') return [Object.freeze({ ...series, kind: KINDS[type], member: message.member })];
  const { sampleRate, timestamp } = message;
  const time = timestamp === undefined ? {} : { timestamp };
  return message.values.map((value) => Object.freeze({ ...series, kind: KINDS[type], value, sampleRate, ...time }));
}

/** What it says, without how it came. */
function withoutOrigin<Message extends DogStatsdMessage>(message: Message): Omit<Message, keyof typeof OF_ORIGIN> {
  const said = Object.entries(message).filter(([field]) => !Object.hasOwn(OF_ORIGIN, field));
  return Object.fromEntries(said) as Omit<Message, keyof typeof OF_ORIGIN>;
}

const OF_ORIGIN = { type: true, localData: true, externalData: true, cardinality: true };
