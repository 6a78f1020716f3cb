/** The saliency maps of training lines, on demand, each in the place of its text; once there they are kept. */
import type { InfluenceMap, InfluenceRow } from '../../src/protocol';
import type { MarkedField, MarkedMap } from '../changes/markedMap';
import { createMarkedMap } from '../changes/markedMap';
import { formatCount } from '../numbers';

const isOnItsWay = 'The map of this line is on its way.';
const isMissing = 'There is no map of this line.';

interface RowMap {
  readonly map: MarkedMap;
  readonly fields: readonly MarkedField[];
  open: boolean;
  /** Asked for, and neither come nor failed. */
  awaited: boolean;
}

export interface RowMaps {
  /** The row's map where it is open, else null. */
  readonly elementOf: (row: InfluenceRow) => HTMLElement | null;
  /** Opens or closes the row's map; returns whether it has to be asked for. */
  readonly toggle: (row: InfluenceRow) => boolean;
  readonly take: (row: InfluenceRow, map: InfluenceMap) => void;
  /** Something failed: what is awaited does not come. */
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
    const made: RowMap = { map, fields: fieldsOf(row), open: false, awaited: false };
    maps.set(keyOf(row), made);
    return made;
  };
  return {
    elementOf: row => {
      const map = maps.get(keyOf(row));
      return map?.open ? map.map.element : null;
    },
    toggle: row => {
      const isNew = !maps.has(keyOf(row));
      const one = mapOf(row);
      one.open = !one.open;
      if (!isNew) return false;
      one.awaited = true;
      one.map.show(one.fields, null, isOnItsWay);
      return true;
    },
    take: (row, { state, failed }) => {
      const one = maps.get(keyOf(row));
      // An answer about another line, from before the lists changed.
      if (!one || (state && state.record.text !== row.text)) return;
      one.awaited = false;
      one.map.show(one.fields, state, failed ?? isMissing);
    },
    fail: () => {
      for (const one of maps.values()) {
        if (one.awaited) one.map.show(one.fields, null, isMissing);
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
