/** A training line in a list: its score as a bar, its text, what it is labelled and what the model says, and what can be done. */
import type { InfluenceRow } from '../../src/protocol';
import { make } from '../dom';
import { formatCount, formatRaw } from '../numbers';
import { clampedText } from './clampedText';
import { labelLine } from './labelWords';

/** The side of a score; 'size': it has none. Each has a colour and a pattern of its own. */
export type ScoreSide = 'helps' | 'hurts' | 'size';

export interface RowAction {
  readonly action: string;
  readonly text: string;
  /** For ears, with the place of the line after it: 'Map of'. */
  readonly spoken: string;
}

export interface RowLook {
  readonly rank: number;
  readonly side: ScoreSide;
  /** The largest score, in size, that a bar stands beside. */
  readonly most: number;
  /** All that matters, for ears. */
  readonly name: string;
  readonly reason: string | null;
  /** Besides going to the line: name for the keyboard and for `onAct`, and words. */
  readonly actions: readonly RowAction[];
  readonly expanded: boolean;
  readonly onExpand: (expanded: boolean) => void;
}

export interface TrainingRow {
  readonly element: HTMLLIElement;
  /** Where the text stands, so that its map can take its place. */
  readonly text: HTMLElement;
}

export function trainingRow(row: InfluenceRow, look: RowLook): TrainingRow {
  const { line, text, pair, score } = row;
  const place = `line ${formatCount(line)}`;
  const button = (action: string, says: string, name: string) =>
    make(
      'button',
      {
        type: 'button',
        class: 'link',
        'data-action': action,
        'data-key': `${line} ${action}`,
        'aria-label': name,
      },
      says,
    );
  const { element: words, toggle } = clampedText(
    pair === null ? [text] : [text, pair],
    { key: `${line} expand`, of: place },
    look.expanded,
    look.onExpand,
  );
  const element = make(
    'li',
    { class: 'train-row' },
    make('span', { class: 'train-rank number muted', 'aria-hidden': 'true' }, String(look.rank)),
    button('reveal', place, look.name),
    scoreBar(score, look),
    make('span', { class: 'train-score number' }, formatRaw(score, look.side !== 'size')),
    words,
    labelLine(row),
    look.reason === null
      ? null
      : make('p', { class: 'train-reason muted', dir: 'auto' }, look.reason),
    make(
      'div',
      { class: 'train-actions' },
      ...look.actions.map(({ action, text: says, spoken }) =>
        button(action, says, `${spoken} ${place}`),
      ),
      toggle,
      make('span', { class: 'train-loss muted number' }, `loss ${formatRaw(row.loss, false)}`),
    ),
  );
  return { element, text: words };
}

function scoreBar(score: number, { side, most }: RowLook): HTMLElement {
  const part = most > 0 ? Math.abs(score) / most : 0;
  const length = make('span', { class: `bar-length score-${side}` });
  length.style.setProperty('--part', String(Number.isFinite(part) ? Math.min(1, part) : 0));
  return make('span', { class: 'bar-track', 'aria-hidden': 'true' }, length);
}
