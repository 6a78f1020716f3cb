/** A text of any length in at most a few lines, with a button that shows the whole of it where it needs more. */
import { make } from '../dom';

export interface ClampedText {
  readonly element: HTMLElement;
  /** Hidden while everything is in sight already. To be placed where its coming and going moves nothing. */
  readonly toggle: HTMLButtonElement;
}

/** What to do when an element has another size, by element. */
const measures = new WeakMap<Element, () => void>();
const sizes = new ResizeObserver(entries => {
  for (const { target } of entries) measures.get(target)?.();
});

/** `key` finds the button again after it was drawn anew, `of` names it: 'line 57'. `expanded`: as it is at first. */
export function clampedText(
  texts: readonly string[],
  { key, of }: { readonly key: string; readonly of: string },
  expanded = false,
  onToggle: (expanded: boolean) => void = () => undefined,
): ClampedText {
  const toggle = make('button', {
    type: 'button',
    class: 'link',
    'data-action': 'expand',
    'data-key': key,
  });
  const parts = texts.map((text, at) =>
    make('div', { class: at === 0 ? 'clamp' : 'clamp second-text', dir: 'auto' }, text),
  );
  const element = make('div', { class: 'clamped' }, ...parts);
  const measure = () => {
    if (expanded) return;
    const isCut = parts.some(part => part.scrollHeight > part.clientHeight + 1);
    toggle.hidden = !isCut;
  };
  const draw = () => {
    element.classList.toggle('clamped-open', expanded);
    toggle.textContent = expanded ? 'Less Text' : 'Whole Text';
    toggle.ariaLabel = `${toggle.textContent} of ${of}`;
    toggle.ariaExpanded = String(expanded);
  };
  toggle.addEventListener('click', () => {
    expanded = !expanded;
    draw();
    onToggle(expanded);
  });
  toggle.hidden = !expanded;
  draw();
  for (const part of parts) {
    measures.set(part, measure);
    sizes.observe(part);
  }
  return { element, toggle };
}
