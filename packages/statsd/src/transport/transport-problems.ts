// The messages of failures of a transport, the same for every backend.
import type { BackendReporter } from '@metrics/aggregation';

/**
 * Reports that a host name has no address, and that resolution is retried.
 *
 * @param source the option or the variables that the host is from, such as `option host`.
 */
export function reportResolveFailure(reporter: BackendReporter, host: string, source: string, cause: Error): void {
  const message = `The host name ${host} (from ${source}) cannot be resolved. Metrics are kept and merged, and resolution is retried. Check the name and the name server.`;
  reporter.report('resolve_failed', message, { cause });
}

/** Reports that packets are refused, kept and retried. */
export function reportTransportDown(reporter: BackendReporter, address: string | undefined, cause: Error): void {
  const message = `No packet reaches ${address}: ${cause.message}. Metrics are kept and merged until one does. Check that the server runs, and the address.`;
  reporter.report('transport_down', message, { cause });
}

/** Reports that a packet failed and is not retried. */
export function reportSendFailure(reporter: BackendReporter, address: string | undefined, cause: Error): void {
  const message = `A packet to ${address} could not be sent, and its samples are dropped. Check the address and the network.`;
  reporter.report('send_failed', message, { cause });
}

export interface Loss {
  readonly reporter: BackendReporter;
  readonly address: string | undefined;
  /** When the backend was closed, or when the process exited. */
  readonly moment: 'close' | 'exit';
  /** Number of lost samples. */
  readonly count: number;
  /** Why the last packet did not leave, if that is known. */
  readonly cause: Error | undefined;
}

/** Reports the number of samples that were lost at the end. */
export function reportLoss({ reporter, address, moment, count, cause }: Loss): void {
  const server = address ?? 'The server (its name did not resolve)';
  const reason = cause === undefined ? '' : ` (${cause.message})`;
  const message =
    moment === 'close'
      ? `${server} did not take all samples by the deadline of close(), and the others are dropped${reason}. Check that the server runs, or give close() a longer timeout.`
      : `${server} did not take all samples before the process exited, and the others are dropped${reason}. Check that the server runs, and await close() before process.exit().`;
  reporter.report(`lost_at_${moment}`, message, { count, cause });
}
