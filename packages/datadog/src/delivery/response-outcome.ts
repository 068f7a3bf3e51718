import type { IntakeResponse } from './intake-client.js';
import type { Redactor } from './redactor.js';

/** Characters of a response's text that a problem shows. */
const MAX_SHOWN_LENGTH = 300;

/** The consequence of a response for the payload. `retry`: it is sent again; `rejected`: it never will be accepted. */
export type ResponseOutcome = 'accepted' | 'accepted_with_errors' | 'retry' | 'too_large' | 'key_refused' | 'rejected';

/**
 * Classifies a response by its status. A redirect is not followed, because the key would go with it; it is assumed to come
 * from a proxy or a maintenance page that goes away, so the request is retried.
 *
 * https://docs.datadoghq.com/api/latest/metrics/submit-metrics/
 */
export function classifyResponse({ status, text }: IntakeResponse): ResponseOutcome {
  if (status >= 200 && status < 300) return hasErrors(text) ? 'accepted_with_errors' : 'accepted';
  if (status === 413) return 'too_large';
  if (status === 403) return 'key_refused';
  return status === 408 || status === 429 || status >= 500 || status < 400 ? 'retry' : 'rejected';
}

/** Returns status and text for a problem, without secrets. */
export function describeResponse({ status, text }: IntakeResponse, redactor: Redactor): string {
  const shown = redactor.redact(text).replace(/\s+/g, ' ').trim();
  return shown === '' ? `status ${status}` : `status ${status}: ${shown.slice(0, MAX_SHOWN_LENGTH)}`;
}

function hasErrors(text: string): boolean {
  if (!text.includes('"errors"')) return false;
  try {
    const { errors } = JSON.parse(text) as { readonly errors?: unknown };
    return Array.isArray(errors) && errors.length > 0;
  } catch {
    return false;
  }
}
