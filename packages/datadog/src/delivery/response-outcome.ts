import type { IntakeAnswer } from './intake-client.js';

/**
 * What an answer means for the payload: it is `accepted`, perhaps with complaints; `again`, it can be sent once more;
 * `too_large`; `forbidden`, the key is not taken; or `refused` for good.
 *
 * A redirect is not followed, as the key would go with it, and taken for a proxy or a maintenance page that goes away.
 */
export type AnswerVerdict = 'accepted' | 'complained' | 'again' | 'too_large' | 'forbidden' | 'refused';

/** https://docs.datadoghq.com/api/latest/metrics/submit-metrics/ */
export function answerVerdict({ status, text }: IntakeAnswer): AnswerVerdict {
  if (status >= 200 && status < 300) return hasErrors(text) ? 'complained' : 'accepted';
  if (status === 413) return 'too_large';
  if (status === 403) return 'forbidden';
  return status === 408 || status === 429 || status >= 500 || status < 400 ? 'again' : 'refused';
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
