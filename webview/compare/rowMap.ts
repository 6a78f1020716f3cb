/** The map of a row: the text alone until it is there, set alike, so that nothing moves when the tints come. */
import type { RecordInfo } from '../../src/protocol';
import { plainFields } from '../changes/markedMap';
import { fill, make } from '../dom';
import { createHeatmap } from '../heatmap';
import type { SaliencyMap, TokenFacts } from '../tokenFacts';
import type { Place } from './places';
import { factsAt, placeOf } from './places';

export interface RowMap {
  readonly element: HTMLElement;
  readonly show: (record: RecordInfo, map: SaliencyMap | null) => void;
  /** Emphasises what stands at `place` as the pointer does, and returns it. */
  readonly echo: (place: Place | null) => TokenFacts | null;
}

export interface RowMapEvents {
  /** Pointer or focus is at this place of the text, or at none. */
  readonly onPoint: (place: Place | null) => void;
  /** Enter on a token. */
  readonly onOpen: () => void;
}

export function createRowMap(label: string, { onPoint, onOpen }: RowMapEvents): RowMap {
  let map: SaliencyMap | null = null;
  let shown = '';
  const heatmap = createHeatmap(
    {
      onPoint: facts => {
        onPoint(facts && map && placeOf(facts, map));
      },
      onReveal: (_facts, by) => {
        if (by === 'key') onOpen();
      },
    },
    label,
  );
  const plain = make('div', { class: 'map map-plain' });
  heatmap.element.hidden = true;
  return {
    element: make(
      'div',
      { class: 'map-frame row-map', role: 'group', 'aria-label': label },
      plain,
      heatmap.element,
    ),
    show: (record, next) => {
      // Whoever walks in the map stays there when the same is told again.
      const key = JSON.stringify([record.text, record.pair, next]);
      if (key === shown) return;
      shown = key;
      map = next;
      plain.hidden = map !== null;
      heatmap.element.hidden = map === null;
      if (map) heatmap.show(map);
      else fill(plain, ...plainFields(fieldsOf(record)));
    },
    echo: place => {
      const facts = map && place && factsAt(map, place);
      heatmap.echo(facts?.tokens[0] ?? null);
      return facts;
    },
  };
}

function fieldsOf({ field, text, pair }: RecordInfo) {
  const first = { name: field, text, marks: [] };
  return pair ? [first, { name: pair.field, text: pair.text, marks: [] }] : [first];
}
