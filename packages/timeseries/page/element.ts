/** An element of the document, by its id. */
export function element<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new TypeError(`The document has no ${type.name} with the id ${id}.`);
  return found;
}

/** Characters of a name that are shown. */
const SHOWN = 160;

/** A name as it is shown. Whatever it holds is text, here and wherever it is put: by `textContent` only. */
export function shown(name: string): string {
  return name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name;
}

/** Sets the options of a list, and selects one. Options that are there already stay: the list may be open. */
export function setOptions(
  select: HTMLSelectElement,
  options: readonly { readonly value: string; readonly text: string }[],
  selected: string,
): void {
  const old = Array.from(select.options, ({ value }) => value);
  if (JSON.stringify(old) !== JSON.stringify(options.map(({ value }) => value)))
    select.replaceChildren(...options.map(({ value, text }) => new Option(shown(text), value)));
  select.value = selected;
}
