/** Suspicious lines as entries of the Problems view, where that is wanted: each at its label, for as long as the line is what was ranked. */
import * as vscode from 'vscode';
import type { DatasetRecord, LineSource } from '../../dataset';
import { DatasetCache, formatOf, openFileLines, recordAt } from '../../dataset';
import type { SuspicionResult, SuspiciousRow } from '../../protocol';
import { GlassboxError } from '../../protocol';
import { documentLines } from '../records/documentLines';
import type { FieldChoice } from '../records/fieldChoice';
import { openDocument } from '../records/openDocument';
import { rawLines } from '../records/readRecord';
import { inProblemsSetting, settingNames } from '../settings';
import { isSameText, type RowPlaces } from './trainingRows';

/** VS Code shows no more of a file. */
const mostEntries = 1000;

/** A ranking, and where its rows stand now. */
export interface RankedRows {
  readonly uri: vscode.Uri;
  readonly places: RowPlaces;
  readonly result: SuspicionResult;
}

interface Entry {
  readonly row: SuspiciousRow;
  /** The record's lines as they stood when they were ranked. */
  readonly raw: string;
  readonly lines: number;
  /** Counted from the record's first line. */
  readonly range: vscode.Range;
}

export class SuspicionProblems implements vscode.Disposable {
  isOn = inProblemsSetting();
  private readonly collection = vscode.languages.createDiagnosticCollection('glassbox');
  private ranked: RankedRows | null = null;
  /** Null until they are read, which is when they are first shown. */
  private entries: readonly Entry[] | null = null;
  private readonly switched = new vscode.EventEmitter<boolean>();
  /** They are wanted in the Problems view from now on, or no longer. */
  readonly onDidSwitch = this.switched.event;
  private readonly subscriptions: readonly vscode.Disposable[];

  constructor(private readonly fields: FieldChoice) {
    this.subscriptions = [
      vscode.workspace.onDidChangeConfiguration(change => {
        if (change.affectsConfiguration(settingNames.suspiciousInProblems)) {
          void this.turn(inProblemsSetting());
        }
      }),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => {
        this.follow(uri);
      }),
    ];
  }

  /** The rows of a new ranking take the place of those of the one before. */
  async set(ranked: RankedRows): Promise<void> {
    this.ranked = ranked;
    this.entries = null;
    this.collection.clear();
    await this.show();
  }

  /** Puts the rows into the Problems view, or takes them out. */
  async turn(on: boolean): Promise<void> {
    if (this.isOn === on) return;
    this.isOn = on;
    this.switched.fire(on);
    await this.show();
  }

  /** A file was opened or edited, and the places of the rows are right again. */
  follow(uri: vscode.Uri): void {
    const { ranked } = this;
    if (this.isOn && this.entries && ranked?.uri.toString() === uri.toString()) this.place(ranked);
  }

  private async show(): Promise<void> {
    this.collection.clear();
    const { ranked } = this;
    if (!this.isOn || !ranked) return;
    const entries = this.entries ?? (await readEntries(ranked, this.fields));
    // Another ranking may be shown by now, or none.
    if (this.ranked !== ranked) return;
    this.entries = entries;
    this.follow(ranked.uri);
  }

  private place({ uri, places }: RankedRows): void {
    const document = vscode.workspace.textDocuments.find(
      candidate => candidate.uri.toString() === uri.toString(),
    );
    const source = document && documentLines(document);
    const shown = (this.entries ?? []).flatMap(entry => {
      const line = places.lineOf(entry.row);
      const isSame = !source || rawLines(source, line, line + entry.lines - 1) === entry.raw;
      return isSame ? [diagnostic(entry, line)] : [];
    });
    this.collection.set(uri, shown);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.switched.dispose();
    this.collection.dispose();
  }
}

function diagnostic({ row, range }: Entry, line: number): vscode.Diagnostic {
  const { start, end } = range;
  const here = new vscode.Range(line + start.line, start.character, line + end.line, end.character);
  const { DiagnosticSeverity } = vscode;
  const severity =
    row.agrees === false ? DiagnosticSeverity.Warning : DiagnosticSeverity.Information;
  const found = new vscode.Diagnostic(here, messageOf(row), severity);
  found.source = 'Glassbox';
  found.code = 'suspicious-label';
  return found;
}

/** The reason begins with the label and with what the model says. */
function messageOf({ rank, reason }: SuspiciousRow): string {
  return vscode.l10n.t('Suspicious label, number {0} of the list: {1}', rank, reason);
}

/** Rows whose lines are another text by now have none. */
async function readEntries(ranked: RankedRows, fields: FieldChoice): Promise<readonly Entry[]> {
  const document = await openDocument(ranked.uri);
  if (document) return entriesIn(documentLines(document), ranked, fields);
  const file = await openFileLines(ranked.uri.fsPath);
  try {
    return entriesIn(file, ranked, fields);
  } finally {
    await file.close();
  }
}

function entriesIn(
  source: LineSource,
  { uri, places, result }: RankedRows,
  fields: FieldChoice,
): readonly Entry[] {
  const format = formatOf(uri.path) ?? 'txt';
  const cache = new DatasetCache();
  return result.rows.slice(0, mostEntries).flatMap(row => {
    const line = places.lineOf(row);
    try {
      const wish = fields.wishFor(uri, source, format, line, cache);
      const record = recordAt(source, format, line, { ...wish, cache });
      const { startLine, endLine, text, pair } = record;
      const raw = rawLines(source, startLine, endLine);
      if (raw === null || !isSameText(row, text.value, pair?.value)) return [];
      return [{ row, raw, lines: endLine - startLine + 1, range: rangeIn(record) }];
    } catch (error) {
      if (error instanceof GlassboxError) return [];
      throw error;
    }
  });
}

/** The characters of the label, or of the text where the labels are its words' tags. */
function rangeIn({ startLine, label, text }: DatasetRecord): vscode.Range {
  const field = label ?? text;
  const start = field.positionOf(0);
  const end = field.positionOf(field.value.length);
  return new vscode.Range(
    start.line - startLine,
    start.character,
    end.line - startLine,
    end.character,
  );
}
