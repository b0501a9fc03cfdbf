// Elements of a page.

/** The element of an id, which the page has. */
export const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

/** Makes an element of text and other elements, so that no answer is ever read as markup. */
export function make(name: string, className: string, ...children: (string | Node)[]): HTMLElement {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}
