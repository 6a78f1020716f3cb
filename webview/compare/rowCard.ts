/** A row of methods or of models: its name, what is said of it, the map, and its numbers beside it. */
import type { ComparisonRow, ComparisonState, RecordInfo } from '../../src/protocol';
import { decisionWords } from '../decisionWords';
import { fill, make } from '../dom';
import { decidedProbability } from '../header';
import { createHealth } from '../health';
import { familyWords } from '../methodGroups';
import { formatProbability, formatScore, formatValue } from '../numbers';
import type { SaliencyMap } from '../tokenFacts';
import { agreementWords } from './agreementTable';
import { columnsOf, figureItems, overall, randomOf } from './lineFigures';
import type { Place } from './places';
import type { RowEvents } from './rowParts';
import { createRowParts } from './rowParts';

export interface CompareRow {
  readonly element: HTMLElement;
  readonly show: (row: ComparisonRow, state: ComparisonState, map: SaliencyMap | null) => void;
  readonly echo: (place: Place | null) => void;
}

export function createRowCard(row: ComparisonRow, events: RowEvents): CompareRow {
  const parts = createRowParts(row.key, row.title, events);
  const facts = make('p', { class: 'row-facts' });
  const figures = make('ul', { class: 'figure-list', 'aria-label': `Numbers of ${row.title}` });
  const health = createHealth();
  const element = make(
    'li',
    { class: 'compare-card', 'data-row': row.key },
    make(
      'div',
      { class: 'card-head' },
      make(
        'h3',
        {},
        row.title,
        row.family && make('span', { class: 'muted card-family' }, familyWords[row.family]),
      ),
      parts.pointed,
    ),
    make('div', { class: 'card-map' }, parts.map, parts.notice, health.warnings),
    make('div', { class: 'card-numbers' }, facts, figures),
    parts.actions,
  );
  const record = ({ record: of }: ComparisonState): RecordInfo => of;
  return {
    element,
    echo: parts.echo,
    show: (now, state, map) => {
      parts.show(now, record(state), map);
      element.setAttribute('aria-busy', String(now.state === 'running'));
      fill(facts, ...(state.kind === 'models' ? modelFacts(now, state) : methodFacts(now, state)));
      const measured = state.kind === 'methods';
      figures.hidden = !measured;
      if (measured) fill(figures, ...figureItems(now, columnsOf(state.rows), randomOf(state.rows)));
      health.show(now.explanation?.health ?? []);
    },
  };
}

function chip(says: string, bad = false): HTMLElement {
  return make('span', { class: bad ? 'fact fact-bad' : 'fact' }, says);
}

function agreementChip(row: ComparisonRow, { rows }: ComparisonState): HTMLElement | null {
  const [first] = rows;
  if (!first || first.key === row.key || row.agreement === null) return null;
  const number = formatScore(row.agreement, true);
  return chip(`${agreementWords(row.agreement)} ${first.title} (${number})`);
}

function methodFacts(row: ComparisonRow, state: ComparisonState): (HTMLElement | null)[] {
  const verdict = overall(row, randomOf(state.rows));
  return [
    row.family === 'control' ? chip('what every method has to beat') : null,
    verdict && chip(verdict.says, verdict.bad),
    agreementChip(row, state),
  ];
}

/** What the model says, and whether it is what the first one says. */
function modelFacts(row: ComparisonRow, state: ComparisonState): (HTMLElement | null)[] {
  const { explanation } = row;
  if (!explanation) return [];
  const probability = decidedProbability(explanation);
  const { explained, prediction } = explanation;
  const first = state.rows[0]?.explanation;
  const isFirst = state.rows[0]?.key === row.key;
  const changed = !isFirst && first && first.prediction.label !== prediction.label;
  const said = decisionWords(prediction);
  return [
    make(
      'span',
      { class: 'card-verdict' },
      'predicts ',
      make('strong', {}, said),
      probability === null
        ? null
        : make('span', { class: 'number' }, ` ${formatProbability(probability)}`),
    ),
    changed ? chip(`changed: it was ${first.prediction.label}`, true) : null,
    !isFirst && first && !changed ? chip('the same decision') : null,
    make('span', { class: 'muted' }, `${explained.says}: ${formatValue(explained.value)}`),
    agreementChip(row, state),
  ];
}
