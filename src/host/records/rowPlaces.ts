/** Rows of a result as lines of their file: where they stand now, and whether they still are what the result is about. */
import * as vscode from 'vscode';
import { HostError } from '../report';
import { openDocument } from './openDocument';
import type { FoundRecord, RecordReader } from './readRecord';
import { baseName, type Target } from './target';

/** A record as a result has it. */
export interface Row {
  /** Line on which it starts, from 1. */
  readonly line: number;
  /** Whether the result is about this text. */
  readonly isSame: (text: string, pair: string | undefined) => boolean;
}

/** A row of which all of the text is known; a second text that the model does not read is not in it. */
export function textRow(row: {
  readonly line: number;
  readonly text: string;
  readonly pair: string | null;
}): Row {
  const isSame = (text: string, pair: string | undefined) =>
    text === row.text && (row.pair === null || row.pair === pair);
  return { line: row.line, isSame };
}

/** A line below every line: where it stands after an edit tells whether lines came or went. */
const below = Number.MAX_SAFE_INTEGER;

/** Follows the lines of a file while it is edited. */
export class RowPlaces {
  /** By the line (from 1) that a row has in the result: where that stands now, from 0. */
  private readonly now: Map<number, number>;
  /** Edits that moved lines, for rows that nobody has asked for yet. */
  private readonly moves: ((line: number) => number)[] = [];

  /** @param rows those of which some will be asked for; others may be, too. */
  constructor(
    readonly uri: vscode.Uri,
    rows: readonly Pick<Row, 'line'>[] = [],
  ) {
    this.now = new Map(rows.map(({ line }) => [line, line - 1]));
  }

  /** `moved` tells where a line (from 0) stands after an edit. */
  follow(uri: vscode.Uri, moved: (line: number) => number): void {
    if (uri.toString() !== this.uri.toString()) return;
    for (const [line, now] of this.now) this.now.set(line, moved(now));
    if (moved(below) !== below) this.moves.push(moved);
  }

  /** From 0. */
  lineOf({ line }: Pick<Row, 'line'>): number {
    const known = this.now.get(line);
    if (known !== undefined) return known;
    const now = this.moves.reduce((place, moved) => moved(place), line - 1);
    this.now.set(line, now);
    return now;
  }
}

/** A row as a record of the file as it is now. Throws a HostError where another text stands there. */
export async function rowRecord(
  row: Row,
  places: RowPlaces,
  reader: RecordReader,
  signal: AbortSignal,
): Promise<FoundRecord> {
  const { uri } = places;
  const line = places.lineOf(row);
  const document = await openDocument(uri);
  if (document && line >= document.lineCount) throw isAnother(uri, line);
  const found = await reader.read({ uri, document, line }, signal);
  const { text, pair } = found.info;
  if (!row.isSame(text, pair?.text)) throw isAnother(uri, line);
  return found;
}

/** A row as the target of other questions. Throws as `rowRecord`. */
export async function rowTarget(
  row: Row,
  places: RowPlaces,
  reader: RecordReader,
): Promise<Target> {
  const { uri, record } = await rowRecord(row, places, reader, new AbortController().signal);
  return { uri, document: await openDocument(uri), line: record.startLine };
}

/** Shows the line of a row, selected, in its file; where another text stands there now it is shown all the same, and a HostError says so. */
export async function revealRow(row: Row, places: RowPlaces, reader: RecordReader): Promise<void> {
  const { signal } = new AbortController();
  try {
    const { record } = await rowRecord(row, places, reader, signal);
    const { startLine, endLine } = record;
    await showLines(places.uri, startLine, endLine);
  } catch (error) {
    const line = places.lineOf(row);
    await showLines(places.uri, line, line);
    throw error;
  }
}

/** In the editor that has the file already, else beside the panel; also a file that VS Code hides from extensions. */
export async function showLines(uri: vscode.Uri, start: number, end: number): Promise<void> {
  const visible = vscode.window.visibleTextEditors.find(
    editor => editor.document.uri.toString() === uri.toString(),
  );
  const viewColumn = visible?.viewColumn ?? vscode.ViewColumn.One;
  const document = await openDocument(uri);
  if (!document) {
    const selection = new vscode.Range(start, 0, end, 0);
    await vscode.commands.executeCommand('vscode.open', uri, { viewColumn, selection });
    return;
  }
  const selection = document.validateRange(new vscode.Range(start, 0, end, Infinity));
  const editor = await vscode.window.showTextDocument(document, { viewColumn, selection });
  editor.revealRange(selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** The error for a line that is another text now. */
export function isAnother(uri: vscode.Uri, line: number): HostError {
  const says = vscode.l10n.t(
    'Line {0} of {1} is not the text any more that the result is about; ask again.',
    line + 1,
    baseName(uri),
  );
  return new HostError('bad-input', says, []);
}
