/** Elements without a framework. Text is always text: nothing here parses HTML. */

type Child = Node | string | null | undefined | false;
type Properties = Record<string, string | boolean | EventListener>;

/** An element: `on…` properties are listeners, `true` sets an empty attribute, `false` none. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((c): c is Node | string => Boolean(c)));
  return element;
}

/** The element of a selector, which the page has for certain. */
export function need<T extends HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}
