import { builtin } from './builtins.js';
import { warnOfError, warnOnce } from './shared.js';

/**
 * Subscribes to a channel of `node:diagnostics_channel` and returns the function that ends it.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- callers say what the channel publishes
export function subscribe<Message>(name: string, listener: (message: Message) => void): () => void {
  const channels = builtin('node:diagnostics_channel');
  if (channels?.subscribe === undefined || channels.unsubscribe === undefined) {
    const message = 'This runtime has no diagnostics_channel: HTTP requests and workers are not measured.';
    warnOnce('diagnostics_channel_missing', message);
    return () => {};
  }
  const guarded = (message: unknown): void => {
    try {
      listener(message as Message);
    } catch (error) {
      warnOfError('request_not_measured', 'measuring a request', error);
    }
  };
  channels.subscribe(name, guarded);
  return () => void channels.unsubscribe?.(name, guarded);
}
