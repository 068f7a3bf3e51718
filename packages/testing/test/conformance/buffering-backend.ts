import type { BackendHost, BackendStats, MetricsBackend, MetricsEvent, Series, SeriesId } from '@metrics/core';
import type { BackendUnderTest, Capabilities, DeliveredSample } from '../../src/conformance.js';

/** One line: the sample that arrives, and the number of samples that it represents. */
export interface Line extends DeliveredSample {
  readonly samples: number;
}

/**
 * A backend with the difficulties of real ones: windows, sampling, names without tags, a transport that takes time and
 * fails. It keeps the contract. The backends that break it are subclasses with one flaw.
 */
export class BufferingBackend implements MetricsBackend {
  readonly arrived: DeliveredSample[] = [];
  readonly arrivedEvents: { title: string; text: string }[] = [];
  /** How the transport fails. */
  failure: 'none' | 'error' | 'silence' = 'none';
  protected host: BackendHost | undefined;
  protected names: Map<SeriesId, string> = new Map();
  protected lines: Map<unknown, Line> = new Map();
  protected events: MetricsEvent[] = [];
  protected counts: { accepted: number; sent: number; sampledOut: number } = { accepted: 0, sent: 0, sampledOut: 0 };
  protected dropped: Record<string, number> = {};
  protected inFlight = 0;
  closed = false;
  #draining: Promise<void> = Promise.resolve();
  #abandon = () => {};
  readonly #abandoned = new Promise<void>((resolve) => {
    this.#abandon = resolve;
  });

  start(host: BackendHost): void {
    this.host = host;
  }

  open(id: SeriesId, { name, instance }: Series): void {
    this.names.set(id, instance === undefined ? name : `${name}.${instance}`);
  }

  release(id: SeriesId): void {
    this.names.delete(id);
  }

  incr(id: SeriesId, amount: number): void {
    this.put(id, 'counter', (name, known) => ({ kind: 'counter', name, value: (known?.value ?? 0) + amount }));
  }

  gauge(id: SeriesId, value: number): void {
    this.put(id, 'gauge', (name) => ({ kind: 'gauge', name, value }));
  }

  timing(id: SeriesId, value: number, sampleRate: number): void {
    if (this.drawn(sampleRate)) this.put(id, {}, (name) => ({ kind: 'timing', name, value, sampleRate }));
  }

  distribution(id: SeriesId, value: number, sampleRate: number): void {
    this.timing(id, value, sampleRate);
  }

  set(id: SeriesId, member: string): void {
    this.put(id, `member ${member}`, (name) => ({ kind: 'set', name, member }));
  }

  event(event: MetricsEvent): void {
    this.counts.accepted += 1;
    if (this.closed) this.drop(1, 'closed');
    else this.events.push({ title: event.title, text: event.text });
  }

  async flush(): Promise<void> {
    this.#draining = this.#draining.then(() => this.drain());
    await Promise.race([this.#draining, this.#abandoned]);
  }

  async close({ timeout }: { readonly timeout: number }): Promise<void> {
    if (this.closed) return this.#abandoned;
    const flushed = this.flush();
    this.closed = true;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      flushed,
      new Promise((resolve) => {
        timer = setTimeout(resolve, timeout);
      }),
    ]);
    clearTimeout(timer);
    this.drop(this.pending(), 'timeout');
    this.lines.clear();
    this.events = [];
    this.#abandon();
  }

  stats(): BackendStats {
    return { ...this.counts, dropped: { ...this.dropped }, pending: this.pending() };
  }

  /**
   * Adds a sample to the line of its slot in the window. An object as `slot` makes a separate line, as timings need.
   */
  protected put(id: SeriesId, slot: unknown, make: (name: string, known: Line | undefined) => DeliveredSample): void {
    this.counts.accepted += 1;
    const name = this.names.get(id);
    if (this.closed) return this.drop(1, 'closed');
    if (name === undefined) return this.drop(1, 'unknown_series');
    const key = typeof slot === 'string' ? `${slot} ${name}` : slot;
    const known = this.lines.get(key);
    this.lines.set(key, { ...make(name, known), samples: (known?.samples ?? 0) + 1 });
  }

  protected drawn(sampleRate: number): boolean {
    if (Math.random() < sampleRate) return true;
    this.counts.sampledOut += 1;
    return false;
  }

  protected async drain(): Promise<void> {
    while (this.lines.size > 0 || this.events.length > 0) {
      const events = this.events.splice(0);
      const lines = [...this.lines.values()].slice(0, 500);
      const slots = [...this.lines.keys()].slice(0, 500);
      for (const slot of slots) this.lines.delete(slot);
      await this.send(lines, events);
    }
  }

  protected async send(lines: readonly Line[], events: readonly MetricsEvent[]): Promise<void> {
    const samples = lines.reduce((sum, line) => sum + line.samples, events.length);
    this.inFlight += samples;
    await new Promise((resolve) => {
      if (this.failure !== 'silence') setImmediate(resolve);
    });
    if (this.inFlight === 0) return;
    this.inFlight -= samples;
    if (this.failure === 'error') return this.drop(samples, 'transport');
    this.counts.sent += samples;
    for (const { samples: _, ...line } of lines) this.arrived.push(line);
    this.arrivedEvents.push(...(events as { title: string; text: string }[]));
  }

  protected pending(): number {
    let samples = this.inFlight + this.events.length;
    for (const line of this.lines.values()) samples += line.samples;
    return samples;
  }

  protected drop(samples: number, reason: string): void {
    if (samples === 0) return;
    if (reason === 'timeout') this.inFlight = 0;
    this.dropped[reason] = (this.dropped[reason] ?? 0) + samples;
    try {
      this.host?.report({
        code: `${reason}_loss`,
        count: samples,
        message: 'Check the transport.',
      });
    } catch {
      // The backend does not depend on its host.
    }
  }
}

const capabilities: Capabilities = {
  kinds: { counter: 'counter', gauge: 'gauge', timing: 'timing', distribution: 'timing', set: 'set' },
  tags: 'dropped',
  instance: 'suffix',
  sampled: ['timing', 'distribution'],
  timestamps: false,
  events: true,
  serviceChecks: false,
};

/** Returns the backend for the suite. */
export function bufferingSubject(
  Backend: new () => BufferingBackend = BufferingBackend,
  failure: 'error' | 'silence' = 'silence',
): BackendUnderTest {
  return {
    capabilities,
    create: () => {
      const backend = new Backend();
      return {
        backend,
        delivered: () => ({ samples: backend.arrived, events: backend.arrivedEvents }),
        breakTransport: () => {
          backend.failure = failure;
        },
      };
    },
  };
}
