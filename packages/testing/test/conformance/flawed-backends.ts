import type { BackendStats, Series, SeriesId } from '@metrics/core';
import { type BackendUnderTest } from '../../src/conformance.js';
import { RecordingBackend } from '../../src/index.js';
import { BufferingBackend, bufferingSubject } from './buffering-backend.js';
import { recordingSubject } from './recording-subject.js';
import { PulledBackend, pulledSubject } from './totals-backends.js';

/** A backend with one flaw, the check that must fail, and its message. */
export interface Flaw {
  readonly flaw: string;
  readonly backend: BackendUnderTest;
  readonly check: string;
  readonly message: RegExp;
}

const flawed = (
  flaw: string,
  check: string,
  message: RegExp,
  backend: BackendUnderTest | (new () => BufferingBackend),
): Flaw => ({
  flaw,
  check,
  message,
  backend: typeof backend === 'function' ? bufferingSubject(backend, 'error') : backend,
});

/** At least one for each check of the suite. */
export const flaws: readonly Flaw[] = [
  flawed(
    'throws when a sum overflows',
    'recording returns nothing and never throws, whatever the value',
    /incr threw RangeError/,
    class extends BufferingBackend {
      #sum = 0;
      override incr(id: SeriesId, amount: number): void {
        this.#sum += amount;
        if (!Number.isFinite(this.#sum)) throw new RangeError('overflow');
        super.incr(id, amount);
      }
    },
  ),
  flawed(
    'can be chained',
    'recording returns nothing and never throws, whatever the value',
    /gauge returned something/,
    class extends BufferingBackend {
      override gauge(id: SeriesId, value: number): this {
        super.gauge(id, value);
        return this;
      }
    },
  ),
  flawed(
    'cannot encode half a character',
    'accepts any string as name, tag or text',
    /open threw URIError/,
    class extends BufferingBackend {
      override open(id: SeriesId, series: Series): void {
        super.open(id, { ...series, name: encodeURIComponent(series.name) });
      }
    },
  ),
  flawed(
    'expects every id to be open',
    'an id that was never opened, or is not one, does not throw',
    /incr threw TypeError/,
    class extends BufferingBackend {
      override incr(id: SeriesId, amount: number): void {
        this.names.get(id)!.toUpperCase();
        super.incr(id, amount);
      }
    },
  ),
  flawed(
    'changes the tags that it receives',
    'objects that are passed in are not changed',
    /the series/,
    class extends BufferingBackend {
      override open(id: SeriesId, series: Series): void {
        (series.tags as unknown as string[][]).shift();
        super.open(id, series);
      }
    },
  ),
  flawed(
    'keeps the series object',
    'objects that are passed in are not kept: the caller may change them afterwards',
    /never recorded: counter conformance\.changed/,
    class extends BufferingBackend {
      readonly #series = new Map<SeriesId, Series>();
      override open(id: SeriesId, series: Series): void {
        this.#series.set(id, series);
      }
      override incr(id: SeriesId, amount: number): void {
        const series = this.#series.get(id);
        if (series !== undefined) super.open(id, series);
        super.incr(id, amount);
      }
    },
  ),
  flawed(
    'has a method that its capabilities deny',
    'the backend has exactly the optional methods that its capabilities list',
    /recordAt/,
    class extends BufferingBackend {
      recordAt(): void {}
    },
  ),
  flawed(
    'counts its own creation',
    'a new backend has counted nothing',
    /accepted/,
    class extends BufferingBackend {
      protected override counts = { accepted: 1, sent: 1, sampledOut: 0 };
      override stats(): BackendStats {
        return super.stats();
      }
    },
  ),
  flawed(
    'counts a member only if it is new',
    'after every single call all samples are sent, dropped or pending',
    /after \d+ calls/,
    class extends BufferingBackend {
      override set(id: SeriesId, member: string): void {
        if (![...this.lines.values()].some((line) => line.member === member)) super.set(id, member);
      }
      override timing(id: SeriesId, value: number): void {
        if (value !== 50) super.timing(id, value, 1);
      }
    },
  ),
  flawed(
    'counts twice',
    'after every single call all samples are sent, dropped or pending',
    /is not accepted/,
    class extends BufferingBackend {
      override incr(id: SeriesId, amount: number): void {
        super.incr(id, amount);
        this.counts.accepted += 1;
      }
    },
  ),
  flawed(
    'has counts that are not integers',
    'after every single call all samples are sent, dropped or pending',
    /stats: sampledOut is NaN/,
    class extends BufferingBackend {
      override stats(): BackendStats {
        return { ...super.stats(), sampledOut: Number.NaN };
      }
    },
  ),
  flawed(
    'does not count what is in flight',
    'during a flush all samples are sent, dropped or pending',
    /is not accepted/,
    class extends BufferingBackend {
      protected override pending(): number {
        return super.pending() - this.inFlight;
      }
    },
  ),
  flawed(
    'returns its own stats object',
    'stats are a snapshot that later samples do not change',
    /"accepted":/,
    class extends BufferingBackend {
      readonly #stats = { accepted: 0, sent: 0, dropped: {}, pending: 0, sampledOut: 0 };
      override stats(): BackendStats {
        return Object.assign(this.#stats, super.stats());
      }
      override incr(id: SeriesId, amount: number): void {
        super.incr(id, amount);
        this.stats();
      }
    },
  ),
  flawed(
    'ignores distributions',
    'a flush delivers every kind of sample',
    /values of timing conformance\.all\.distribution0/,
    class extends BufferingBackend {
      override distribution(): void {
        this.counts.accepted += 1;
        this.counts.sent += 1;
      }
    },
  ),
  flawed(
    'flushes too early',
    'a flush delivers every kind of sample',
    /pending after a flush/,
    class extends BufferingBackend {
      override async flush(): Promise<void> {
        void super.flush();
      }
    },
  ),
  flawed(
    'rounds amounts',
    'counters add up, gauges keep the last value, timings and distributions keep all',
    /sum of counter conformance\.count/,
    class extends BufferingBackend {
      override incr(id: SeriesId, amount: number): void {
        super.incr(id, Math.round(amount));
      }
    },
  ),
  flawed(
    'lets a counter fall although it says that none does',
    'counters add up, gauges keep the last value, timings and distributions keep all',
    /sum of counter conformance\.count/,
    pulledSubject(
      class extends PulledBackend {
        override incr(id: SeriesId, amount: number): void {
          this.record(id, (total) => void (total.value = (total.value || 0) + amount));
        }
      },
    ),
  ),
  flawed(
    'resets its totals when they are read',
    'counters add up, gauges keep the last value, timings and distributions keep all',
    /conformance\.count/,
    pulledSubject(
      class extends PulledBackend {
        override read(): ReturnType<PulledBackend['read']> {
          const totals = super.read();
          for (const total of this.totals.values()) total.value = 0;
          return totals;
        }
      },
    ),
  ),
  flawed(
    'counts every sample of a set as a member',
    'counters add up, gauges keep the last value, timings and distributions keep all',
    /number of members of gauge conformance\.users/,
    pulledSubject(
      class extends PulledBackend {
        #calls = 0;
        override set(id: SeriesId, member: string): void {
          super.set(id, `${member} ${(this.#calls += 1)}`);
        }
      },
    ),
  ),
  flawed(
    'has its own buckets for a metric that was declared with others',
    'a metric that is declared with buckets is counted in them, or as without',
    /buckets of timing conformance\.query/,
    pulledSubject(
      class extends PulledBackend {
        protected override bucketsOf(_: readonly number[], values: readonly number[]): [number, number][] {
          return super.bucketsOf([1, 10], values);
        }
      },
    ),
  ),
  flawed(
    'does not count an upper bound to its bucket',
    'a metric that is declared with buckets is counted in them, or as without',
    /buckets of timing conformance\.query/,
    pulledSubject(
      class extends PulledBackend {
        protected override bucketsOf(bounds: readonly number[], values: readonly number[]): [number, number][] {
          return bounds.map((bound) => [bound, values.filter((value) => value < bound).length]);
        }
      },
    ),
  ),
  flawed(
    'keeps the first value of a gauge',
    'counters add up, gauges keep the last value, timings and distributions keep all',
    /last value of gauge conformance\.level/,
    class extends BufferingBackend {
      override gauge(id: SeriesId, value: number): void {
        this.put(id, 'gauge', (name, known) => ({ kind: 'gauge', name, value: known?.value ?? value }));
      }
    },
  ),
  flawed(
    'merges equal timings',
    'counters add up, gauges keep the last value, timings and distributions keep all',
    /values of timing conformance\.duration/,
    class extends BufferingBackend {
      override timing(id: SeriesId, value: number): void {
        this.put(id, `timing ${value}`, (name) => ({ kind: 'timing', name, value }));
      }
    },
  ),
  flawed(
    'sends a sign that the receiver reads as a delta',
    'a gauge that is set to the same value again is delivered again or keeps it',
    /last value of gauge/,
    class extends BufferingBackend {
      #received = 0;
      override gauge(id: SeriesId, value: number): void {
        this.#received = value < 0 ? this.#received + value : value;
        super.gauge(id, this.#received);
      }
    },
  ),
  flawed(
    'drops the instance',
    'a series arrives under its name, with its tags and its instance',
    /never recorded: counter conformance\.jobs/,
    class extends BufferingBackend {
      override open(id: SeriesId, series: Series): void {
        super.open(id, { ...series, instance: undefined });
      }
    },
  ),
  flawed(
    'sends the key instead of the name',
    'a series arrives under its name, with its tags and its instance',
    /never recorded: counter requests/,
    class extends BufferingBackend {
      override open(id: SeriesId, series: Series): void {
        super.open(id, { ...series, name: series.key });
      }
    },
  ),
  flawed(
    'drops a tag',
    'a series arrives under its name, with its tags and its instance',
    /never recorded: counter conformance\.requests \{"method": "get"\}/,
    recordingSubject({
      Recording: class extends RecordingBackend {
        override open(id: SeriesId, series: Series): void {
          super.open(id, { ...series, tags: series.tags.filter(([key]) => key !== 'status') });
        }
      },
    }),
  ),
  flawed(
    'rejects if there is nothing to flush',
    'flushes resolve when there is nothing to flush, and when several run at the same time',
    /flush rejected with Error: nothing/,
    class extends BufferingBackend {
      override async flush(): Promise<void> {
        if (this.lines.size === 0) throw new Error('nothing to flush');
        await super.flush();
      }
    },
  ),
  flawed(
    'never resolves a second flush',
    'flushes resolve when there is nothing to flush, and when several run at the same time',
    /flush did not resolve/,
    class extends BufferingBackend {
      #flushing = false;
      override async flush(): Promise<void> {
        if (this.#flushing) await new Promise(() => {});
        this.#flushing = true;
        await super.flush();
        this.#flushing = false;
      }
    },
  ),
  flawed(
    'clears its window only after sending it',
    'what is recorded during a flush arrives with it or with the next',
    /is not accepted/,
    class extends BufferingBackend {
      protected override async drain(): Promise<void> {
        await this.send([...this.lines.values()], this.events.splice(0));
        this.lines.clear();
      }
    },
  ),
  flawed(
    'replaces the timestamp of a sample',
    'a value with its own timestamp keeps it',
    /arrived as of 1800000000/,
    recordingSubject({
      Recording: class extends RecordingBackend {
        override recordAt(id: SeriesId, value: number): void {
          super.recordAt(id, value, 1_800_000_000);
        }
      },
    }),
  ),
  flawed(
    'does not count events',
    'events and service checks arrive, each counted as one sample',
    /after 4 calls/,
    class extends BufferingBackend {
      override event(): void {}
    },
  ),
  flawed(
    'changes events',
    'events and service checks arrive, each counted as one sample',
    /the events that arrived/,
    class extends BufferingBackend {
      override event(): void {
        super.event({ title: 'an event', text: '' });
      }
    },
  ),
  flawed(
    'uses seven bits of an id',
    'series do not mix, in whatever order their ids are opened',
    /sum of counter/,
    class extends BufferingBackend {
      override open(id: SeriesId, series: Series): void {
        super.open(id & 127, series);
      }
      override incr(id: SeriesId, amount: number): void {
        super.incr(id & 127, amount);
      }
    },
  ),
  flawed(
    'drops the samples of a released series',
    'a released id still delivers what it recorded',
    /conformance\.all\.counter0/,
    class extends BufferingBackend {
      override release(id: SeriesId): void {
        for (const [slot, line] of this.lines) {
          if (line.name !== this.names.get(id)) continue;
          this.drop(line.samples, 'released');
          this.lines.delete(slot);
        }
        super.release(id);
      }
    },
  ),
  flawed(
    'never opens a series again that has ended',
    'a gauge that is repeated, ends and comes back has its last value each time',
    /./,
    class extends BufferingBackend {
      readonly #ended = new Set<string | undefined>();
      override open(id: SeriesId, series: Series): void {
        if (!this.#ended.has(series.name)) super.open(id, series);
      }
      override release(id: SeriesId, ended?: boolean): void {
        if (ended) this.#ended.add(this.names.get(id));
        super.release(id);
      }
    },
  ),
  flawed(
    'never releases an id',
    'a released id can come back as another series, of another kind',
    /conformance\.round\.0/,
    class extends BufferingBackend {
      override open(id: SeriesId, series: Series): void {
        if (!this.names.has(id)) super.open(id, series);
      }
      override release(): void {}
    },
  ),
  flawed(
    'never opens a released series again',
    'a series that was released and opened again continues',
    /sum of counter conformance\.again/,
    class extends BufferingBackend {
      readonly #released = new Set<string | undefined>();
      override open(id: SeriesId, series: Series): void {
        if (!this.#released.has(series.name)) super.open(id, series);
      }
      override release(id: SeriesId): void {
        this.#released.add(this.names.get(id));
        super.release(id);
      }
    },
  ),
  flawed(
    'sends gauges in the order of their ids',
    'equal series under two ids are one series to the receiver',
    /last value of gauge conformance\.twice\.level/,
    class extends BufferingBackend {
      override gauge(id: SeriesId, value: number): void {
        this.put(id, `gauge ${id}`, (name) => ({ kind: 'gauge', name, value }));
      }
    },
  ),
  flawed(
    'has room for 65,535 series',
    '100,000 short-lived series leave the stats right',
    /sum of counter conformance\.wave\./,
    bufferingSubject(
      class extends BufferingBackend {
        #opened = 0;
        override open(id: SeriesId, series: Series): void {
          this.#opened += 1;
          if (this.#opened < 65_536) super.open(id, series);
        }
      },
    ),
  ),
  flawed(
    'skips samples at any rate',
    'a rate of 1 keeps every sample',
    /sampledOut/,
    class extends BufferingBackend {
      protected override drawn(sampleRate: number): boolean {
        return super.drawn(sampleRate * 0.9);
      }
    },
  ),
  flawed(
    'samples gauges',
    'gauges and sets are never sampled',
    /sampledOut/,
    class extends BufferingBackend {
      override gauge(id: SeriesId, value: number): void {
        if (this.drawn(0.5)) super.gauge(id, value);
      }
    },
  ),
  flawed(
    'does not transmit the rate',
    'at a rate of 0.5, delivered samples add up to all that were recorded',
    /arrived by the rates/,
    class extends BufferingBackend {
      override timing(id: SeriesId, value: number, sampleRate: number): void {
        if (this.drawn(sampleRate)) super.timing(id, value, 1);
      }
    },
  ),
  flawed(
    'does not count skipped samples',
    'at a rate of 0.3, delivered samples add up to all that were recorded',
    /after 6000 calls/,
    class extends BufferingBackend {
      protected override drawn(sampleRate: number): boolean {
        return Math.random() < sampleRate;
      }
    },
  ),
  flawed(
    'skips too few samples',
    'at a rate of 0.1, delivered samples add up to all that were recorded',
    /of all samples skipped/,
    class extends BufferingBackend {
      protected override drawn(sampleRate: number): boolean {
        return super.drawn(Math.sqrt(sampleRate));
      }
    },
  ),
  flawed(
    'draws samples although its capabilities deny it',
    'at a rate of 0.5, delivered samples add up to all that were recorded',
    /draws nothing/,
    {
      ...bufferingSubject(),
      capabilities: { ...bufferingSubject().capabilities, sampled: [] },
    },
  ),
  flawed(
    'drops at close what a flush would deliver',
    'close delivers what was recorded, and leaves nothing pending',
    /conformance\.all\.counter0/,
    class extends BufferingBackend {
      override async close(): Promise<void> {
        await super.close({ timeout: -1 });
      }
      protected override async drain(): Promise<void> {
        await new Promise(() => {});
      }
    },
  ),
  flawed(
    'can be closed once',
    'close can be called again, and at the same time as flush',
    /close with a timeout of 1000 ms rejected with Error: closed already/,
    class extends BufferingBackend {
      override async close(options: { readonly timeout: number }): Promise<void> {
        if (this.closed) throw new Error('closed already');
        await super.close(options);
      }
    },
  ),
  flawed(
    'throws after close',
    'after close nothing throws, nothing is sent, and samples are all dropped or all ignored',
    /incr threw Error: closed/,
    class extends BufferingBackend {
      override incr(id: SeriesId, amount: number): void {
        if (this.closed) throw new Error('closed');
        super.incr(id, amount);
      }
    },
  ),
  flawed(
    'counts some calls after close and ignores others',
    'after close nothing throws, nothing is sent, and samples are all dropped or all ignored',
    /calls counted/,
    class extends BufferingBackend {
      override incr(id: SeriesId, amount: number): void {
        if (!this.closed) super.incr(id, amount);
      }
    },
  ),
  flawed(
    'keeps sending after close',
    'after close nothing throws, nothing is sent, and samples are all dropped or all ignored',
    /sent after close/,
    class extends BufferingBackend {
      override incr(id: SeriesId, amount: number): void {
        if (!this.closed) return super.incr(id, amount);
        this.counts.accepted += 1;
        this.counts.sent += 1;
      }
    },
  ),
  flawed(
    'does not say that it is closed',
    'a closed backend says so, and cannot be registered again',
    /closed while close\(\) runs/,
    recordingSubject({
      Recording: class extends RecordingBackend {
        override get closed(): boolean {
          return false;
        }
      },
    }),
  ),
  flawed(
    'cannot flush synchronously',
    'flushSync never throws, before or after close',
    /flushSync threw Error: unsupported/,
    class extends BufferingBackend {
      flushSync(): void {
        throw new Error('unsupported');
      }
    },
  ),
  flawed(
    'leaves samples pending at the deadline',
    'a close with a timeout of zero still leaves nothing pending',
    /pending after close/,
    class extends BufferingBackend {
      override async close({ timeout }: { readonly timeout: number }): Promise<void> {
        if (timeout > 0) await super.close({ timeout });
      }
    },
  ),
  flawed(
    'waits for a transport that is gone',
    'samples that a broken transport drops are counted and reported, and close keeps its deadline',
    /close with a timeout of 200 ms did not resolve/,
    bufferingSubject(
      class extends BufferingBackend {
        override async close(): Promise<void> {
          await super.close({ timeout: 1000 });
        }
      },
      'silence',
    ),
  ),
  flawed(
    'drops samples without a report',
    'samples that a broken transport drops are counted and reported, and close keeps its deadline',
    /were dropped, and no problem was reported/,
    class extends BufferingBackend {
      override start(): void {}
    },
  ),
  flawed(
    'reports problems without a message',
    'samples that a broken transport drops are counted and reported, and close keeps its deadline',
    /has no message/,
    class extends BufferingBackend {
      override start(host: Parameters<BufferingBackend['start']>[0]): void {
        super.start({ collect: host.collect, report: (problem) => host.report({ ...problem, message: '' }) });
      }
    },
  ),
  flawed(
    'throws when its host throws',
    'a host that throws in report breaks nothing',
    /threw Error: this host throws|rejected with Error: this host throws/,
    class extends BufferingBackend {
      protected override drop(samples: number, reason: string): void {
        super.drop(samples, reason);
        if (samples > 0) this.host?.report({ code: 'loss', count: samples, message: 'None.' });
      }
    },
  ),
  flawed('keeps its process alive', 'a program that forgets to close still ends', /still ran after 300 ms/, {
    ...bufferingSubject(),
    program: { source: 'setInterval(() => {}, 1000)', timeout: 300 },
  }),
  flawed('crashes its process', 'a program that forgets to close still ends', /ended with code 1.*no such luck/s, {
    ...bufferingSubject(),
    program: { source: 'throw new Error("no such luck")' },
  }),
];
