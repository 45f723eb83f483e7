// Elements in one expression. Texts become text nodes, so nothing that is told becomes markup.

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

export function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

export function fill(id: string, ...children: Child[]): HTMLElement {
  const element = byId(id);
  element.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
  element.hidden = element.childNodes.length === 0;
  return element;
}

export function telephone(number: string): string {
  return `tel:${number.replace(/[^0-9+]/g, "")}`;
}

/** A word for who listens instead of looking; it is read once and shown nowhere. */
export function announce(words: string): void {
  byId("announcer").textContent = words;
}
