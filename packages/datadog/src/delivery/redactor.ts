const REPLACEMENT = '***';

/** Removes secrets from strings that people may see. */
export class Redactor {
  readonly #secrets: readonly string[];

  constructor(...secrets: readonly string[]) {
    this.#secrets = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  }

  redact(text: string): string {
    let redacted = text;
    for (const secret of this.#secrets) redacted = redacted.replaceAll(secret, REPLACEMENT);
    // The URL of a proxy may contain its password.
    return redacted.replace(/\/\/[^/@\s]*@/g, `//${REPLACEMENT}@`);
  }
}
