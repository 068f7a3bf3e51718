// All keys, or those of Node.js, as small charts.
import { Card } from './card.js';
import type { CardContent } from './card-content.js';
import { CardReader } from './card-reader.js';
import { element } from './element.js';
import type { View } from './view.js';

export interface OverviewSection {
  /** '' for none. */
  readonly title: string;
  readonly cards: readonly CardContent[];
}

/** Cards that are added when the end of the page comes near. */
const BATCH = 60;

/** Small charts, each read when it is visible. */
export class Overview {
  readonly #root = element('overview', HTMLElement);
  readonly #reader: CardReader;
  readonly #watcher = new IntersectionObserver((entries) => this.#onVisibility(entries), { rootMargin: '200px' });
  /** Comes after the last card; when it is near, more are added. */
  readonly #end = document.createElement('div');
  #view: View | undefined;
  #sections: readonly OverviewSection[] = [];
  #limit = BATCH;
  #cards = new Map<string, Card>();
  #cardOf = new Map<Element, Card>();

  constructor(onError: (error: unknown) => void) {
    this.#reader = new CardReader(onError);
    this.#watcher.observe(this.#end);
  }

  /** Shows charts in the range of a view. Those that are visible already stay until they are read again. */
  show(view: View, sections: readonly OverviewSection[]): void {
    if (this.#view?.isNode !== view.isNode) this.#limit = BATCH;
    this.#view = view;
    this.#sections = sections;
    this.#root.hidden = false;
    this.#reader.start(view);
    this.#render();
    for (const card of this.#cards.values()) {
      card.setView(view);
      if (card.isVisible) this.#reader.read(card);
    }
  }

  /** Shows charts of other keys: the search has changed. */
  filter(sections: readonly OverviewSection[]): void {
    if (this.#view === undefined) return;
    this.#sections = sections;
    this.#limit = BATCH;
    this.#render();
  }

  hide(): void {
    this.#view = undefined;
    this.#root.hidden = true;
    this.#reader.stop();
  }

  #render(): void {
    const known = this.#cards;
    this.#cards = new Map();
    let left = this.#limit;
    const parts = this.#sections.flatMap(({ title, cards }) => {
      const shown = cards.slice(0, left);
      left -= shown.length;
      if (shown.length === 0) return [];
      const list = document.createElement('ul');
      list.className = 'cards';
      list.append(...shown.map((content) => this.#findOrCreate(content, known).element));
      if (title === '') return [list];
      const heading = document.createElement('h3');
      heading.textContent = title;
      return [heading, list];
    });
    for (const [name, card] of known)
      if (!this.#cards.has(name)) {
        this.#watcher.unobserve(card.element);
        this.#cardOf.delete(card.element);
      }
    this.#root.replaceChildren(...parts, this.#end);
  }

  #findOrCreate(content: CardContent, known: ReadonlyMap<string, Card>): Card {
    const name = JSON.stringify(content);
    let card = known.get(name);
    if (card === undefined) {
      card = new Card(content);
      card.setView(this.#view!);
      this.#cardOf.set(card.element, card);
      this.#watcher.observe(card.element);
    }
    this.#cards.set(name, card);
    return card;
  }

  #onVisibility(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const card = this.#cardOf.get(target);
      if (card !== undefined) {
        card.isVisible = isIntersecting;
        if (isIntersecting && this.#view !== undefined) this.#reader.read(card);
      } else if (target === this.#end && isIntersecting && this.#view !== undefined) this.#addMore();
    }
  }

  #addMore(): void {
    const all = this.#sections.reduce((sum, { cards }) => sum + cards.length, 0);
    if (this.#limit >= all) return;
    this.#limit += BATCH;
    this.#render();
    // It may still be near, which is not reported as a change.
    this.#watcher.unobserve(this.#end);
    this.#watcher.observe(this.#end);
  }
}
