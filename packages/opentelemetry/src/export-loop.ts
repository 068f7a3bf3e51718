// When totals are exported, and what becomes of each part.

import type { BackendReporter } from '@metrics/aggregation';
import { alsoInRealTime } from '@metrics/core/backend';
import { context, createContextKey } from '@opentelemetry/api';
import type { MetricReader, Part } from './metric-reader.js';
import {
  type MetricData,
  type MetricExporter,
  type ResourceLike,
  type ResourceMetrics,
  Temporality,
} from './metric-types.js';

/** The key under which the tracing of the SDK looks for a reason not to trace, such as the requests of an export. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
const SUCCESS = 0;
export const SCOPE = { name: '@metrics/opentelemetry' };

export interface ExportLoopOptions {
  readonly exporter: MetricExporter;
  readonly reader: MetricReader;
  readonly reporter: BackendReporter;
  readonly resource: ResourceLike;
  readonly interval: number;
  readonly timeout: number;
  readonly maxExportBatchSize: number;
}

/** Exports all totals in an interval, and when asked to: one export at a time, its parts one after the other. */
export class ExportLoop {
  readonly #options: ExportLoopOptions;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  /** The export that follows the running one, for all that ask meanwhile. */
  #next: Promise<void> | undefined;
  /** The part that the exporter has not answered for yet. */
  #underWay: Part | undefined;
  #isStopped = false;
  #stop = (): void => {};
  /** Ends the wait for the exporter to call back. */
  #abort = (): void => {};
  readonly #stopped = new Promise<void>((resolve) => {
    this.#stop = () => {
      this.#isStopped = true;
      this.#abort();
      resolve();
    };
  });

  constructor(options: ExportLoopOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      if (this.#running === undefined) void this.#run();
    }, options.interval).unref();
  }

  /** Resolves when everything recorded before the call was exported, or could not be. */
  export(): Promise<void> {
    if (this.#running === undefined) return this.#run();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#run();
    });
    return this.#next;
  }

  /** Takes back what is under way, at the exit of the process: no answer is heard any more. */
  takeBack(): void {
    if (this.#underWay !== undefined) this.#options.reader.restore(this.#underWay);
    this.#underWay = undefined;
  }

  /** Exports what is left and shuts the exporter down, within `timeout` milliseconds. */
  async close(timeout: number): Promise<void> {
    clearInterval(this.#timer);
    const timer = setTimeout(this.#stop, timeout);
    alsoInRealTime(this.#stop, timeout);
    await this.export();
    const { exporter } = this.#options;
    await Promise.race([
      this.#stopped,
      (async () => exporter.shutdown())().catch((cause: unknown) => this.#report(cause)),
    ]);
    clearTimeout(timer);
    this.#stop();
  }

  #run(): Promise<void> {
    // An observer that flushes, in the midst of an export, must find that one is running.
    const begun = Promise.resolve().then(() => this.#exportAll());
    this.#running = begun.finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #exportAll(): Promise<void> {
    const { reader, reporter, resource, timeout, maxExportBatchSize } = this.#options;
    const deadline = performance.now() + timeout;
    if (!reader.totals.closed) reporter.collect();
    if (resource.asyncAttributesPending === true) await this.#waitForAttributes();
    for (const part of reader.parts((instrument) => this.#temporalityOf(instrument), maxExportBatchSize)) {
      const remaining = deadline - performance.now();
      if (this.#isStopped || remaining <= 0) return reader.restore(part);
      this.#underWay = part;
      const failure = await this.#send(part.metrics, remaining);
      if (this.#underWay === undefined) continue;
      this.#underWay = undefined;
      if (failure === undefined) {
        reader.confirm(part);
        continue;
      }
      // The next part is tried all the same: one that is refused again and again must not keep all others from arriving.
      reader.restore(part);
      this.#report(failure.cause);
    }
  }

  async #waitForAttributes(): Promise<void> {
    const { resource, timeout } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeout);
    });
    const attributes = (async () => resource.waitForAsyncAttributes?.())().catch(() => {});
    await Promise.race([this.#stopped, late, attributes]);
    clearTimeout(timer);
  }

  /** Resolves with what the exporter failed with, or undefined. It may throw, call back twice, or never. */
  async #send(metrics: MetricData[], timeout: number): Promise<{ readonly cause: unknown } | undefined> {
    const { exporter, resource } = this.#options;
    const data: ResourceMetrics = { resource, scopeMetrics: [{ scope: SCOPE, metrics }] };
    let timer: NodeJS.Timeout | undefined;
    const failure = await new Promise<{ readonly cause: unknown } | undefined>((resolve) => {
      const fail = (message: string): void => resolve({ cause: new Error(message) });
      const late = (): void => fail(`the exporter did not call back within ${Math.round(timeout)} ms`);
      // An exporter that waits for nothing must not keep the process.
      timer = setTimeout(late, timeout).unref();
      alsoInRealTime(late, timeout);
      this.#abort = () => fail('the backend was closed before the exporter called back');
      try {
        context.with(context.active().setValue(SUPPRESS_TRACING, true), () =>
          exporter.export(data as never, (result) => {
            if (result?.code === SUCCESS) resolve(undefined);
            else resolve({ cause: result?.error ?? new Error('the exporter gave no reason') });
          }),
        );
      } catch (cause) {
        resolve({ cause });
      }
    });
    clearTimeout(timer);
    return failure;
  }

  #temporalityOf(instrument: string): number {
    try {
      const temporality = this.#options.exporter.selectAggregationTemporality?.(instrument as never);
      return temporality === Temporality.DELTA ? Temporality.DELTA : Temporality.CUMULATIVE;
    } catch {
      return Temporality.CUMULATIVE;
    }
  }

  #report(cause: unknown): void {
    // An error of another realm, such as a test's, is not an Error here.
    const { message = 'the exporter failed without an Error' } = (cause ?? {}) as { readonly message?: string };
    this.#options.reporter.report(
      'export_failed',
      `An export failed, and its samples are in the next one: ${message}. Check the address of the exporter, and its server.`,
      { cause },
    );
  }
}
