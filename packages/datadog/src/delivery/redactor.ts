const HIDDEN = '***';

/** Takes secrets out of texts that are shown to people. */
export class Redactor {
  readonly #secrets: readonly string[];

  constructor(...secrets: readonly string[]) {
    this.#secrets = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  }

  clean(text: string): string {
    let clean = text;
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, HIDDEN);
    // Proxies are configured with their passwords in the URL.
    return clean.replace(/\/\/[^/@\s]*@/g, `//${HIDDEN}@`);
  }
}
