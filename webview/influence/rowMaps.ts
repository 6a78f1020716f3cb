/** The saliency maps of training lines, on demand, each in the place of its text; one that is there is shown until it comes anew. */
import type { InfluenceMap, InfluenceRow, PanelState } from '../../src/protocol';
import type { MarkedField, MarkedMap } from '../changes/markedMap';
import { createMarkedMap } from '../changes/markedMap';
import { formatCount } from '../numbers';

const isOnItsWay = 'The map of this line is on its way.';
const isMissing = 'The map of this line did not come. Hide it and show it again to ask once more.';

interface RowMap {
  readonly map: MarkedMap;
  readonly fields: readonly MarkedField[];
  state: PanelState | null;
  open: boolean;
  /** Asked for, and neither come nor failed. */
  awaited: boolean;
}

export interface RowMaps {
  /** The row's map where it is open, else null. */
  readonly elementOf: (row: InfluenceRow) => HTMLElement | null;
  /** Opens or closes the row's map; returns whether it is to be asked for: how maps are made may have changed since. */
  readonly toggle: (row: InfluenceRow) => boolean;
  readonly take: (row: InfluenceRow, map: InfluenceMap) => void;
  /** What is awaited does not come. */
  readonly fail: () => void;
  /** The lines are others. */
  readonly clear: () => void;
}

export function createRowMaps(): RowMaps {
  const maps = new Map<string, RowMap>();
  const mapOf = (row: InfluenceRow): RowMap => {
    const old = maps.get(keyOf(row));
    if (old) return old;
    const map = createMarkedMap(`Map of line ${formatCount(row.line)}`);
    const made: RowMap = { map, fields: fieldsOf(row), state: null, open: false, awaited: false };
    maps.set(keyOf(row), made);
    return made;
  };
  return {
    elementOf: row => {
      const map = maps.get(keyOf(row));
      return map?.open ? map.map.element : null;
    },
    toggle: row => {
      const one = mapOf(row);
      one.open = !one.open;
      one.awaited = one.open;
      if (one.open) one.map.show(one.fields, one.state, isOnItsWay);
      return one.open;
    },
    take: (row, { state, failed }) => {
      const one = maps.get(keyOf(row));
      if (!one) return;
      one.awaited = false;
      one.state = state;
      one.map.show(one.fields, state, failed ?? isMissing);
    },
    fail: () => {
      for (const one of maps.values()) {
        if (one.awaited) one.map.show(one.fields, one.state, isMissing);
        one.awaited = false;
      }
    },
    clear: () => {
      maps.clear();
    },
  };
}

/** A line of a file that was edited is another one. */
function keyOf({ line, text, pair }: InfluenceRow): string {
  return JSON.stringify([line, text, pair]);
}

function fieldsOf({ text, pair }: InfluenceRow): MarkedField[] {
  const first = { name: 'first text', text, marks: [] };
  return pair === null ? [first] : [first, { name: 'second text', text: pair, marks: [] }];
}
