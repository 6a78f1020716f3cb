/** Maps of one text side by side: by several methods, for several labels, of two models. */
import type { ComparisonKind, ComparisonState } from '../../src/protocol';
import { createButton } from '../controls';
import { fill, make } from '../dom';
import { placeChildren } from '../placeChildren';
import type { SaliencyMap } from '../tokenFacts';
import { createRunLine } from '../training/runLine';
import type { ViewEvents } from '../viewEvents';
import { createAgreementTable } from './agreementTable';
import { createCompareLegend } from './compareLegend';
import { createLabelRow, labelTableHead } from './labelTable';
import { createModelDifference, withNotes, wordChanges } from './modelDifference';
import { mapsOnOneScale } from './oneScale';
import type { Place } from './places';
import type { CompareRow } from './rowCard';
import { createRowCard } from './rowCard';
import type { RowEvents } from './rowParts';

export interface CompareView {
  readonly element: HTMLElement;
  /** Returns whether it is another comparison than the one before. */
  readonly show: (state: ComparisonState) => boolean;
}

const titles: Readonly<Record<ComparisonKind, string>> = {
  methods: 'Methods',
  labels: 'Labels',
  models: 'Models',
};

export function createCompareView({ tell }: Pick<ViewEvents, 'tell'>): CompareView {
  let shown = '';
  let state: ComparisonState | null = null;
  let rows = new Map<string, CompareRow>();
  const cancel = () => {
    tell('cancel', null);
  };
  /** Where pointer or focus is, in any of the maps. */
  let pointed: Place | null = null;
  const echo = () => {
    for (const row of rows.values()) row.echo(pointed);
  };
  const events: RowEvents = {
    onPoint: place => {
      pointed = place;
      echo();
    },
    onOpen: key => {
      tell('compareOpen', { key });
    },
    onCompute: key => {
      tell('compareRow', { key });
    },
  };
  const source = make('h2', {});
  const about = make('p', { class: 'compare-about' });
  const stale = make('p', { class: 'notice notice-stale', role: 'status' });
  const run = createRunLine('Progress of the comparison', cancel);
  const other = createButton('Other Model', () => {
    tell('compareModel', null);
  });
  const cards = make('ol', { class: 'compare-cards' });
  const table = make('div', { role: 'table', class: 'label-table', 'aria-label': 'Maps by label' });
  const tableHead = labelTableHead();
  const legend = createCompareLegend();
  const difference = createModelDifference();
  const agreement = createAgreementTable();
  const element = make(
    'div',
    { class: 'view compare-view' },
    make('header', { class: 'head' }, source, about, stale),
    make('div', { class: 'compare-run' }, run.element, other.element),
    legend.element,
    cards,
    table,
    difference.element,
    agreement.element,
  );
  element.addEventListener('keydown', event => {
    if (event.key === 'Escape' && state?.running && !event.defaultPrevented) cancel();
  });

  const draw = (now: ComparisonState) => {
    const { kind, record } = now;
    fill(
      source,
      make('span', { class: 'file' }, record.file),
      make('span', { class: 'line' }, ` : ${record.line} `),
      make('span', { class: 'muted' }, titles[kind]),
    );
    about.textContent = now.about === '' ? 'What is explained is not known yet.' : now.about;
    stale.textContent = now.stale ?? '';
    stale.hidden = now.stale === undefined;
    run.show(now.running, doneWords(now));
    other.element.hidden = kind !== 'models';
    legend.show(now);
    const maps = mapsOf(now);
    const isTable = kind === 'labels';
    const holder = isTable ? table : cards;
    cards.hidden = isTable;
    table.hidden = !isTable;
    cards.setAttribute('aria-label', `${titles[kind]} side by side`);
    for (const row of now.rows) {
      if (!rows.has(row.key)) {
        rows.set(row.key, isTable ? createLabelRow(row, events) : createRowCard(row, events));
      }
    }
    const elements = now.rows.map(({ key }) => rows.get(key)!.element);
    placeChildren(holder, isTable ? [tableHead, ...elements] : elements);
    now.rows.forEach((row, at) => {
      rows.get(row.key)!.show(row, now, maps[at]!);
    });
    // A map that has just come knows nothing of it.
    echo();
    if (kind === 'methods') agreement.show(now);
    else agreement.element.hidden = true;
  };
  /** As they are drawn; of two models with what differs. */
  const mapsOf = ({ kind, record, rows: all }: ComparisonState): (SaliencyMap | null)[] => {
    const maps = mapsOnOneScale(
      record,
      all.map(({ explanation }) => explanation),
      kind === 'methods' ? 'row' : 'all',
    );
    const [first, second] = maps;
    const both = kind === 'models' && maps.length === 2 && first && second;
    const changes = both ? wordChanges(first, second) : null;
    difference.show(changes, first?.explanation.signed ?? true);
    return both && changes
      ? [withNotes(first, changes, 'before'), withNotes(second, changes, 'after')]
      : maps;
  };
  return {
    element,
    show: next => {
      const { kind, record } = next;
      const key = JSON.stringify([
        kind,
        record.file,
        record.text,
        record.pair,
        next.rows.map(row => row.key),
      ]);
      const isNew = key !== shown;
      shown = key;
      state = next;
      if (isNew) {
        rows = new Map();
        pointed = null;
        fill(cards);
        fill(table);
      }
      draw(next);
      return isNew;
    },
  };
}

/** How far it has come, for ears. */
export function spokenComparison(state: ComparisonState): string {
  const { record, kind } = state;
  return `${titles[kind]} of ${record.file}, line ${record.line}: ${doneWords(state)}.`;
}

function doneWords({ rows }: ComparisonState): string {
  const count = (state: string) => rows.filter(row => row.state === state).length;
  const [done, failed, asked] = [count('done'), count('failed'), count('asked')];
  return [
    `${done} of ${rows.length} computed`,
    failed > 0 ? `${failed} failed` : '',
    asked > 0 ? `${asked} when asked for` : '',
  ]
    .filter(part => part !== '')
    .join(', ');
}
