// The searchable list of keys.
import { element, truncate } from './element.js';

/** Matches in the list. A document of ten thousand entries would be slow, and too long to read. */
const MAX_LISTED_KEYS = 200;

/** The list of keys with a search box, as a combobox: the arrow keys and Enter work from within the box. */
export class KeyList {
  readonly #search = element('search', HTMLInputElement);
  readonly #list = element('keys', HTMLUListElement);
  readonly #note = element('keys-note', HTMLParagraphElement);
  readonly #choose: (key: string) => void;
  readonly #onFound: (keys: readonly string[]) => void;
  #keys: readonly { readonly key: string; readonly lowerCase: string }[] = [];
  #isTruncated = false;
  #found: readonly string[] = [];
  /** Those in the list. */
  #matches: readonly string[] = [];
  #chosen = '';
  /** Index of the match that Enter chooses, or -1. */
  #active = -1;

  /** @param onFound called with the keys that the search finds, after each change of it. */
  constructor(choose: (key: string) => void, onFound: (keys: readonly string[]) => void) {
    this.#choose = choose;
    this.#onFound = onFound;
    this.#search.addEventListener('input', () => {
      this.#render(0);
      this.#onFound(this.found);
    });
    this.#search.addEventListener('keydown', (event) => this.#onKey(event));
    this.#list.addEventListener('click', ({ target }) => {
      const index = Number((target as Element).closest('li')?.dataset['index'] ?? -1);
      if (this.#matches[index] !== undefined) this.#choose(this.#matches[index]);
    });
  }

  setKeys(keys: readonly string[], isTruncated: boolean): void {
    this.#keys = keys.map((key) => ({ key, lowerCase: key.toLowerCase() }));
    this.#isTruncated = isTruncated;
    this.#render(-1);
  }

  /** The keys that the search finds, all of them without one. */
  get found(): readonly string[] {
    return this.#found;
  }

  setChosen(key: string): void {
    if (key === this.#chosen) return;
    this.#chosen = key;
    this.#render(this.#active);
  }

  #render(active: number): void {
    const words = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const isFound = ({ lowerCase }: { lowerCase: string }) => words.every((word) => lowerCase.includes(word));
    const found = this.#keys.filter(isFound).map(({ key }) => key);
    this.#found = found;
    this.#matches = found.slice(0, MAX_LISTED_KEYS);
    this.#list.replaceChildren(
      ...this.#matches.map((key, index) => {
        const item = document.createElement('li');
        item.id = `key-${index}`;
        item.role = 'option';
        item.dataset['index'] = String(index);
        item.ariaSelected = String(key === this.#chosen);
        item.textContent = truncate(key);
        return item;
      }),
    );
    const more = found.length - this.#matches.length;
    const beyond = this.#isTruncated ? ' There are more than the handler lists; Enter opens what you typed.' : '';
    if (this.#keys.length === 0) this.#note.textContent = 'Nothing is kept yet.';
    else if (found.length === 0) this.#note.textContent = `No key contains that.${beyond}`;
    else if (more > 0) this.#note.textContent = `And ${more} more: type to narrow them down.${beyond}`;
    else this.#note.textContent = found.length === 1 ? `1 key.${beyond}` : `${found.length} keys.${beyond}`;
    this.#setActive(Math.min(words.length === 0 ? -1 : active, this.#matches.length - 1));
  }

  #setActive(index: number): void {
    this.#list.children[this.#active]?.classList.remove('active');
    this.#active = index;
    const item = this.#list.children[index];
    item?.classList.add('active');
    item?.scrollIntoView({ block: 'nearest' });
    this.#search.setAttribute('aria-activedescendant', item?.id ?? '');
  }

  #onKey(event: KeyboardEvent): void {
    const last = this.#matches.length - 1;
    if (event.key === 'ArrowDown') this.#setActive(Math.min(this.#active + 1, last));
    else if (event.key === 'ArrowUp') this.#setActive(Math.max(this.#active - 1, Math.min(0, last)));
    else if (event.key === 'Enter') {
      const key = this.#matches[this.#active] ?? this.#search.value.trim();
      if (key !== '') this.#choose(key);
    } else return;
    event.preventDefault();
  }
}
