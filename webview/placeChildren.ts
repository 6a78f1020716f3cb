/** Makes `elements` the children of `parent`, moving none that stands right: what is moved loses the focus. */
export function placeChildren(parent: HTMLElement, elements: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(elements);
  for (const old of [...parent.children]) if (!wanted.has(old)) old.remove();
  elements.forEach((element, at) => {
    const there = parent.children[at];
    if (there !== element) parent.insertBefore(element, there ?? null);
  });
}
