/** What the panel asks for in its table of attacked lines, done. */
import * as vscode from 'vscode';
import { csvBeside } from '../../batch/resultFiles';
import type { Attacker } from '../attack/attacker';
import type { PanelHandlers } from '../panel/listen';
import { openDocument } from '../records/openDocument';
import { reveal } from '../records/reveal';
import { showFile } from './showFile';
import type { LinesAttacker } from './linesAttacker';

export interface LinesHandlerParts {
  readonly attacker: () => Pick<Attacker, 'attack'>;
  readonly linesAttacker: () => LinesAttacker;
}

type Names = 'linesReveal' | 'linesOpen' | 'linesResume' | 'linesShowFile';

/** `guarded` tells what its work throws. */
export function makeLinesHandlers(
  { attacker, linesAttacker }: LinesHandlerParts,
  guarded: (work: () => Promise<unknown>) => void,
): Pick<PanelHandlers, Names> {
  /** The dataset and the line (from 0) of a row. */
  const placeOf = (row: number) => {
    const { current } = linesAttacker();
    const found = current?.state.rows[row];
    return current && found ? { uri: current.work.lines.uri, line: found.line - 1, current } : null;
  };
  return {
    linesReveal({ row }) {
      const place = placeOf(row);
      if (!place) return;
      const start = new vscode.Position(place.line, 0);
      guarded(() => reveal(place.uri, new vscode.Range(start, start)));
    },
    linesOpen({ row }) {
      const place = placeOf(row);
      if (!place) return;
      const { uri, line, current } = place;
      guarded(async () => {
        const document = await openDocument(uri);
        return attacker().attack({ uri, document, line }, current.state.settings);
      });
    },
    linesResume() {
      guarded(() => linesAttacker().resume());
    },
    linesShowFile({ as }) {
      const { jsonl } = linesAttacker().current ?? {};
      if (typeof jsonl !== 'string') return;
      const file = as === 'csv' ? csvBeside(jsonl) : jsonl;
      guarded(() => showFile(file));
    },
  };
}
