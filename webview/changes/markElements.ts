/** How a change is drawn: what was there struck through and small, a sign, and what is there now in a frame. */
import { make } from '../dom';
import type { Mark } from './marks';
import { foreignLetters, kindOf, markSigns, spokenMark } from './marks';

/** The sign and the old text, to stand right before the new text. Eyes only: `spokenMark` is for ears. */
export function oldElement(mark: Mark): HTMLElement {
  const kind = kindOf(mark);
  const sign = make('span', { class: 'mark-sign' }, markSigns[kind]);
  const was = mark.from === '' ? null : make('del', { class: 'mark-old' }, mark.from);
  const parts = kind === 'deleted' ? [sign, was] : [was, sign];
  return make('span', { class: classOf(mark), 'aria-hidden': 'true' }, ...parts);
}

/** The frame around the new text; its content is the caller's. */
export function newElement(mark: Mark, ...content: readonly (Node | string)[]): HTMLElement {
  const frame = make('span', { class: `mark-new${mark.isNew ? ' mark-now' : ''}` }, ...content);
  const strange = mark.inside ? foreignLetters(mark) : '';
  if (strange !== '') frame.title = `Look-alike letters: ${strange}`;
  return frame;
}

function classOf(mark: Mark): string {
  return `mark mark-${kindOf(mark)}${mark.isNew ? ' mark-now' : ''}`;
}

/** The text with its marks in place, readable by eye and ear. */
export function markedNodes(text: string, marks: readonly Mark[]): Node[] {
  const nodes: Node[] = [];
  const say = (part: string) => {
    if (part !== '') nodes.push(document.createTextNode(part));
  };
  let at = 0;
  for (const mark of marks) {
    say(text.slice(at, mark.start));
    say(mark.lead);
    nodes.push(make('span', { class: 'for-ears' }, ` (${spokenMark(mark)}) `), oldElement(mark));
    if (mark.to !== '') {
      const frame = newElement(mark, text.slice(mark.start, mark.end));
      frame.setAttribute('aria-hidden', 'true');
      nodes.push(frame);
    }
    say(mark.tail);
    at = mark.end;
  }
  say(text.slice(at));
  return nodes;
}
