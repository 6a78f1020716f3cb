/** How the map's texts are drawn: tokens with their tints, what was not seen, what was changed. */
import { newElement, oldElement } from './changes/markElements';
import type { Mark } from './changes/marks';
import { spokenMark } from './changes/marks';
import { make } from './dom';
import { formatCount, formatScore } from './numbers';
import type { Segment } from './segments';
import type { FieldMap, MapPiece, SaliencyMap, TokenFacts } from './tokenFacts';
import { spokenFacts } from './tokenFacts';

/** Makes an element a stop of the keyboard, with its facts where it has any. */
export type AddStop = (cell: HTMLElement, facts: TokenFacts | null) => HTMLElement;

/** A text under the name of its field; a text that stands alone needs none. */
export function fieldRow(
  field: FieldMap,
  marks: readonly Mark[],
  map: SaliencyMap,
  add: AddStop,
): HTMLElement {
  const nodes = fieldNodes(splitAtMarks(field.pieces, marks), marks, map, add);
  const text = make('div', { class: 'map-text', dir: 'auto' }, ...nodes);
  if (map.fields.length === 1) return make('div', { role: 'row', class: 'map-field' }, text);
  const name = make('span', { role: 'rowheader', class: 'field-name muted' }, field.name);
  return make('div', { role: 'row', class: 'map-field' }, name, text);
}

/** The pieces in their order; those that the decision is about stand in one frame, those of a change in another. */
function fieldNodes(
  pieces: readonly MapPiece[],
  marks: readonly Mark[],
  map: SaliencyMap,
  add: AddStop,
): Node[] {
  const nodes: Node[] = [];
  let target: HTMLElement | null = null;
  let framed: Mark | undefined;
  let frame = make('span');
  let next = 0;
  for (const piece of pieces) {
    const { start, text } = piece.segment;
    if (!piece.inTarget) target = null;
    else if (!target) nodes.push((target = make('span', { class: 'target' })));
    const put = (...own: readonly Node[]) => {
      if (target) target.append(...own);
      else nodes.push(...own);
    };
    while (next < marks.length && marks[next]!.start < start + text.length) {
      put(...oldNodes(marks[next++]!, add));
    }
    // After what was deleted before it: stops are counted in the order of the text.
    const node = pieceElement(piece, map, add);
    const mark = marks.find(one => one.start < start + text.length && start < one.end);
    if (mark && framed === mark) {
      frame.append(node);
      continue;
    }
    framed = mark;
    if (mark) put((frame = newElement(mark, node)));
    else put(node);
    if (mark && node instanceof Element) {
      node.ariaLabel = [node.ariaLabel ?? text, spokenMark(mark)].join(', ');
    }
  }
  return nodes.concat(marks.slice(next).flatMap(mark => oldNodes(mark, add)));
}

/** What was there before a change; a deletion has no token to be told with, so it is a stop itself. */
function oldNodes(mark: Mark, add: AddStop): Node[] {
  const old = oldElement(mark);
  if (mark.to !== '') return [old];
  const cell = make(
    'span',
    { role: 'gridcell', tabindex: '-1', class: 'deleted', 'aria-label': spokenMark(mark) },
    old,
  );
  const blanks = (text: string) => document.createTextNode(text);
  return [blanks(mark.lead), add(cell, null), blanks(mark.tail)];
}

/** Cuts blanks in two where something was deleted in their middle. */
function splitAtMarks(pieces: readonly MapPiece[], marks: readonly Mark[]): MapPiece[] {
  const cuts = marks.filter(({ to }) => to === '').map(({ start }) => start);
  return pieces.flatMap(piece => {
    const { text, start, kind } = piece.segment;
    const at =
      kind === 'gap' ? cuts.find(cut => cut > start && cut < start + text.length) : undefined;
    if (at === undefined) return [piece];
    const part = (from: number, to: number): MapPiece => ({
      ...piece,
      segment: { ...piece.segment, text: text.slice(from, to), start: start + from },
    });
    return [part(0, at - start), part(at - start, text.length)];
  });
}

function pieceElement({ segment, facts }: MapPiece, map: SaliencyMap, add: AddStop): Node {
  if (facts) {
    const cell = tokenElement(facts, map);
    if (segment.joinsPrevious) cell.classList.add('joins-previous');
    if (segment.joinsNext) cell.classList.add('joins-next');
    if (segment.text.includes('\n')) cell.classList.add('newline');
    return add(cell, facts);
  }
  if (segment.kind === 'gap') return document.createTextNode(segment.text);
  return add(unseenElement(segment), null);
}

function tokenElement(facts: TokenFacts, { explanation }: SaliencyMap): HTMLElement {
  const cell = make('span', {
    role: 'gridcell',
    tabindex: '-1',
    class: `token ${facts.tint}`,
    'aria-label': spokenFacts(facts, explanation),
  });
  cell.textContent = facts.text;
  cell.style.setProperty('--size', facts.size.toFixed(3));
  if (facts.unknown) cell.classList.add('unknown');
  if (facts.note !== undefined) cell.classList.add('noted');
  if (facts.unsure) cell.classList.add('unsure');
  return cell;
}

/** A token without characters has room for its number beside its name. */
export function apartElement(facts: TokenFacts, map: SaliencyMap): HTMLElement {
  const cell = tokenElement(facts, map);
  const score = formatScore(facts.score, map.explanation.signed);
  cell.append(make('span', { class: 'apart-score number', 'aria-hidden': 'true' }, score));
  return cell;
}

function unseenElement({ text }: Segment): HTMLElement {
  const count = `${formatCount(text.length)} ${text.length === 1 ? 'character' : 'characters'}`;
  const cell = make('span', {
    role: 'gridcell',
    tabindex: '-1',
    class: text.trim().length > 20 ? 'unseen unseen-long' : 'unseen',
    'aria-description': `not seen by the model, ${count}`,
  });
  cell.textContent = text;
  return cell;
}
