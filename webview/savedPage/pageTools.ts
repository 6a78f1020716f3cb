/** At the end of every view: saving it as a page. */
import { createButton } from '../controls';
import { make } from '../dom';
import type { ViewEvents } from '../viewEvents';
import { pageOf, subjectOf } from './savedPage';

/** The view that is in front, and what its tab is called; null where there is none. */
export type Front = () => { readonly view: HTMLElement; readonly name: string } | null;

/** Hidden while there is nothing to save: `hidden` is the caller's. */
export function createPageTools(tell: ViewEvents['tell'], front: Front): HTMLElement {
  const save = createButton('Save View as HTML', () => {
    const now = front();
    if (!now) return;
    const subject = subjectOf(now.view);
    const title = subject === '' ? now.name : `${now.name}: ${subject}`;
    tell('savePage', { html: pageOf(now.view, title), name: now.name });
  });
  const element = make('footer', { class: 'page-tools' }, save.element);
  element.hidden = true;
  return element;
}
