import type { BackendStats, Series, SeriesId } from '@metrics/core';
import { type BackendUnderTest } from '../../src/conformance.js';
import { RecordingBackend } from '../../src/index.js';
import { BufferingBackend, bufferingSubject } from './buffering-backend.js';
import { recordingSubject } from './recording-subject.js';

/** A backend with one thing wrong, the check that must notice, and what it must say. */
export interface Flaw {
  readonly flaw: string;
  readonly subject: BackendUnderTest;
  readonly check: string;
  readonly says: RegExp;
}

const flawed = (
  flaw: string,
  check: string,
  says: RegExp,
  subject: BackendUnderTest | (new () => BufferingBackend),
): Flaw => ({
  flaw,
  check,
  says,
  // Goods that never arrive need not be waited for long.
  subject: { ...(typeof subject === 'function' ? bufferingSubject(subject, 'error') : subject), patience: 100 },
});

/** At least one for each check of the suite. */
export const flaws: readonly Flaw[] = [
  flawed(
    'throws where a sum overflows',
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
    'names, tags and texts of any content are survived',
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
    'tidies up the tags it was given',
    'what is handed over is not changed',
    /the series/,
    class extends BufferingBackend {
      override open(id: SeriesId, series: Series): void {
        delete (series.tags as Record<string, string>)['a'];
        super.open(id, series);
      }
    },
  ),
  flawed(
    'keeps the series it was given',
    'what is handed over is not kept: its owner may change it afterwards',
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
    'optional methods are there exactly where the capabilities say so',
    /recordAt/,
    class extends BufferingBackend {
      recordAt(): void {}
    },
  ),
  flawed(
    'counts its own birth',
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
    'counts a member only where it is new',
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
    'has counts that are no integers',
    'after every single call all samples are sent, dropped or pending',
    /stats: sampledOut is NaN/,
    class extends BufferingBackend {
      override stats(): BackendStats {
        return { ...super.stats(), sampledOut: Number.NaN };
      }
    },
  ),
  flawed(
    'forgets what is on its way',
    'while a flush is under way all samples are sent, dropped or pending',
    /is not accepted/,
    class extends BufferingBackend {
      protected override pending(): number {
        return super.pending() - this.inFlight;
      }
    },
  ),
  flawed(
    'hands out its own books',
    'stats are a snapshot that later samples do not change',
    /"accepted":/,
    class extends BufferingBackend {
      readonly #books = { accepted: 0, sent: 0, dropped: {}, pending: 0, sampledOut: 0 };
      override stats(): BackendStats {
        return Object.assign(this.#books, super.stats());
      }
      override incr(id: SeriesId, amount: number): void {
        super.incr(id, amount);
        this.stats();
      }
    },
  ),
  flawed(
    'swallows distributions',
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
    'takes equal timings for one',
    'counters add up, gauges keep the last value, timings and distributions keep all',
    /values of timing conformance\.duration/,
    class extends BufferingBackend {
      override timing(id: SeriesId, value: number): void {
        this.put(id, `timing ${value}`, (name) => ({ kind: 'timing', name, value }));
      }
    },
  ),
  flawed(
    'sends a sign that the receiver takes for a change',
    'a gauge that was given the same value again is delivered again or stands',
    /last value of gauge/,
    class extends BufferingBackend {
      #stands = 0;
      override gauge(id: SeriesId, value: number): void {
        this.#stands = value < 0 ? this.#stands + value : value;
        super.gauge(id, this.#stands);
      }
    },
  ),
  flawed(
    'loses the instance',
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
    'loses a tag',
    'a series arrives under its name, with its tags and its instance',
    /never recorded: counter conformance\.requests \{"method": "get"\}/,
    recordingSubject({
      Recording: class extends RecordingBackend {
        override open(id: SeriesId, series: Series): void {
          const { status: _, ...tags } = series.tags;
          super.open(id, { ...series, tags });
        }
      },
    }),
  ),
  flawed(
    'refuses to flush nothing',
    'flushes resolve when there is nothing to flush, and when there are several at once',
    /flush rejected with Error: nothing/,
    class extends BufferingBackend {
      override async flush(): Promise<void> {
        if (this.lines.size === 0) throw new Error('nothing to flush');
        await super.flush();
      }
    },
  ),
  flawed(
    'refuses a second flush',
    'flushes resolve when there is nothing to flush, and when there are several at once',
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
    'clears its window after it was sent',
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
    'takes the time of arrival for the time of the sample',
    'a value with a time of its own keeps it',
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
    'mixes up events',
    'events and service checks arrive, each counted as one sample',
    /the events that arrived/,
    class extends BufferingBackend {
      override event(): void {
        super.event({ title: 'an event', text: '' });
      }
    },
  ),
  flawed(
    'keeps seven bits of an id',
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
    'throws away what a released series recorded',
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
    'never lets go of an id',
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
    'takes the dead for dead',
    'a series that was released and opened again goes on where it was',
    /sum of counter conformance\.again/,
    class extends BufferingBackend {
      readonly #dead = new Set<string | undefined>();
      override open(id: SeriesId, series: Series): void {
        if (!this.#dead.has(series.name)) super.open(id, series);
      }
      override release(id: SeriesId): void {
        this.#dead.add(this.names.get(id));
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
    'has room for as many series as 16 bits count',
    '100,000 short-lived series leave the books right',
    /sum of counter conformance\.wave\./,
    class extends BufferingBackend {
      #opened = 0;
      override open(id: SeriesId, series: Series): void {
        this.#opened += 1;
        if (this.#opened < 65_536) super.open(id, series);
      }
    },
  ),
  flawed(
    'loses a little at any rate',
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
    'does not tell the receiver its rate',
    'at a rate of 0.5, what arrives stands for all that was recorded',
    /what arrived stands for/,
    class extends BufferingBackend {
      override timing(id: SeriesId, value: number, sampleRate: number): void {
        if (this.drawn(sampleRate)) super.timing(id, value, 1);
      }
    },
  ),
  flawed(
    'does not count what it leaves out',
    'at a rate of 0.3, what arrives stands for all that was recorded',
    /after 6000 calls/,
    class extends BufferingBackend {
      protected override drawn(sampleRate: number): boolean {
        return Math.random() < sampleRate;
      }
    },
  ),
  flawed(
    'leaves out too few, and too many are told',
    'at a rate of 0.1, what arrives stands for all that was recorded',
    /of all samples left out/,
    class extends BufferingBackend {
      protected override drawn(sampleRate: number): boolean {
        return super.drawn(Math.sqrt(sampleRate));
      }
    },
  ),
  flawed(
    'draws though it says that it does not',
    'at a rate of 0.5, what arrives stands for all that was recorded',
    /draws nothing/,
    {
      ...bufferingSubject(),
      capabilities: { ...bufferingSubject().capabilities, sampled: [] },
    },
  ),
  flawed(
    'drops at close what a flush would send',
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
    'close can be called again, and at once with flush',
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
    'goes on sending after close',
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
    'leaves samples pending when the time is over',
    'a close that may take no time at all still leaves nothing pending',
    /pending after close/,
    class extends BufferingBackend {
      override async close({ timeout }: { readonly timeout: number }): Promise<void> {
        if (timeout > 0) await super.close({ timeout });
      }
    },
  ),
  flawed(
    'waits for a transport that is gone',
    'a broken transport costs samples, counted and reported, and close keeps its deadline',
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
    'loses samples and says nothing',
    'a broken transport costs samples, counted and reported, and close keeps its deadline',
    /were lost, and no problem reported/,
    class extends BufferingBackend {
      override start(): void {}
    },
  ),
  flawed(
    'reports problems without a message',
    'a broken transport costs samples, counted and reported, and close keeps its deadline',
    /has no message/,
    class extends BufferingBackend {
      override start(host: Parameters<BufferingBackend['start']>[0]): void {
        super.start({ collect: host.collect, report: (problem) => host.report({ ...problem, message: '' }) });
      }
    },
  ),
  flawed(
    'falls with its host',
    'a host that throws at a report breaks nothing',
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
