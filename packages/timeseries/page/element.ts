/**
 * Returns an element of the document by its id.
 *
 * @throws {TypeError} if there is none of that type.
 */
export function element<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new TypeError(`The document has no ${type.name} with the id ${id}.`);
  return found;
}

/** Characters of a name that the page shows. */
const MAX_LENGTH = 160;

/** Truncates a name for display. Names are inserted by `textContent` only, so their content is never interpreted. */
export function truncate(name: string): string {
  return name.length > MAX_LENGTH ? `${name.slice(0, MAX_LENGTH)}…` : name;
}

/** Sets the options of a list and selects one. If the options are the same they stay: the list may be open. */
export function setOptions(
  select: HTMLSelectElement,
  options: readonly { readonly value: string; readonly text: string }[],
  selected: string,
): void {
  const old = Array.from(select.options, ({ value }) => value);
  if (JSON.stringify(old) !== JSON.stringify(options.map(({ value }) => value)))
    select.replaceChildren(...options.map(({ value, text }) => new Option(truncate(text), value)));
  select.value = selected;
}
