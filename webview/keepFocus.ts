/** Whoever works by keyboard stays where they were when what they stood on is drawn again. */

/** Runs `draw`; when the focus was on an element of `root` with a `data-key`, the new one of that key has it. */
export function keepFocus(root: HTMLElement, draw: () => void): void {
  const { activeElement } = document;
  const key =
    activeElement instanceof HTMLElement && root.contains(activeElement)
      ? activeElement.dataset['key']
      : undefined;
  draw();
  if (key === undefined) return;
  const next = [...root.querySelectorAll<HTMLElement>('[data-key]')].find(
    element => element.dataset['key'] === key,
  );
  next?.focus({ preventScroll: true });
}
