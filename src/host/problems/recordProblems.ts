/** Entries of the Problems view at records of a dataset: each for as long as its record is what it was when it was judged. */
import * as vscode from 'vscode';
import { printable } from '../../batch/printable';
import type { DatasetRecord, LineSource } from '../../dataset';
import { DatasetCache, formatOf, openFileLines, recordAt } from '../../dataset';
import { GlassboxError } from '../../protocol';
import { documentLines } from '../records/documentLines';
import type { FieldChoice } from '../records/fieldChoice';
import { openDocument } from '../records/openDocument';
import { rawLines } from '../records/readRecord';
import type { Row, RowPlaces } from '../records/rowPlaces';

/** VS Code shows no more of a file. */
const mostEntries = 1000;

/** Characters; a label may be as long as a file. */
const longestMessage = 1000;

export interface RecordProblem {
  readonly row: Row;
  readonly severity: vscode.DiagnosticSeverity;
  readonly message: string;
  /** 'suspicious-label' */
  readonly code: string;
  /** Which characters of the record are meant. */
  readonly at: 'label' | 'text' | 'line';
  /** Of 'line', where the record may not be readable at all: the line as it was judged; null where that is not known. */
  readonly raw?: string | null;
}

/** Problems of one file, and where their rows stand now. */
export interface FileProblems {
  readonly uri: vscode.Uri;
  readonly places: RowPlaces;
  readonly problems: readonly RecordProblem[];
}

interface Entry {
  readonly problem: RecordProblem;
  /** The record's lines as they stood when they were judged. */
  readonly raw: string;
  readonly lines: number;
  /** Counted from the record's first line. */
  readonly range: vscode.Range;
}

export class RecordProblems implements vscode.Disposable {
  private readonly collection: vscode.DiagnosticCollection;
  private shown: FileProblems | null = null;
  private entries: readonly Entry[] = [];
  private readonly opened: vscode.Disposable;

  constructor(
    /** Of the collection; not to be seen. */
    name: string,
    private readonly fields: FieldChoice,
  ) {
    this.collection = vscode.languages.createDiagnosticCollection(name);
    this.opened = vscode.workspace.onDidOpenTextDocument(({ uri }) => {
      this.follow(uri);
    });
  }

  /** They take the place of those before; records that are another text by now have none. */
  async set(file: FileProblems): Promise<void> {
    this.clear();
    this.shown = file;
    const entries = await readEntries(file, this.fields);
    // Others may be shown by now, or none.
    if (this.shown !== file) return;
    this.entries = entries;
    this.place(file);
  }

  clear(): void {
    this.shown = null;
    this.entries = [];
    this.collection.clear();
  }

  /** A file was opened or edited, and the places of the rows are right again. */
  follow(uri: vscode.Uri): void {
    const { shown } = this;
    if (shown?.uri.toString() === uri.toString()) this.place(shown);
  }

  private place({ uri, places }: FileProblems): void {
    const document = vscode.workspace.textDocuments.find(
      candidate => candidate.uri.toString() === uri.toString(),
    );
    const source = document && documentLines(document);
    const shown = this.entries.flatMap(entry => {
      const line = places.lineOf(entry.problem.row);
      const isSame = !source || rawLines(source, line, line + entry.lines - 1) === entry.raw;
      return isSame ? [diagnostic(entry, line)] : [];
    });
    this.collection.set(uri, shown);
  }

  dispose(): void {
    this.opened.dispose();
    this.collection.dispose();
  }
}

function diagnostic({ problem, range }: Entry, line: number): vscode.Diagnostic {
  const { start, end } = range;
  const here = new vscode.Range(line + start.line, start.character, line + end.line, end.character);
  const found = new vscode.Diagnostic(here, messageOf(problem), problem.severity);
  found.source = 'Glassbox';
  found.code = problem.code;
  return found;
}

/** It may have words of the dataset in it. */
function messageOf({ message }: RecordProblem): string {
  const isLong = message.length > longestMessage;
  return printable(isLong ? `${message.slice(0, longestMessage - 1)}\u2026` : message);
}

async function readEntries(file: FileProblems, fields: FieldChoice): Promise<readonly Entry[]> {
  if (file.problems.length === 0) return [];
  const document = await openDocument(file.uri);
  if (document) return entriesIn(documentLines(document), file, fields);
  const lines = await openFileLines(file.uri.fsPath);
  try {
    return entriesIn(lines, file, fields);
  } finally {
    await lines.close();
  }
}

function entriesIn(
  source: LineSource,
  { uri, places, problems }: FileProblems,
  fields: FieldChoice,
): readonly Entry[] {
  const format = formatOf(uri.path) ?? 'txt';
  const cache = new DatasetCache();
  return problems.slice(0, mostEntries).flatMap(problem => {
    const { row, at } = problem;
    const line = places.lineOf(row);
    if (at === 'line') return lineEntry(source, problem, line);
    try {
      const wish = fields.wishFor(uri, source, format, line, cache);
      const record = recordAt(source, format, line, { ...wish, cache });
      const { startLine, endLine, text, pair } = record;
      const raw = rawLines(source, startLine, endLine);
      if (raw === null || !row.isSame(text.value, pair?.value)) return [];
      return [{ problem, raw, lines: endLine - startLine + 1, range: rangeIn(record, at) }];
    } catch (error) {
      if (error instanceof GlassboxError) return [];
      throw error;
    }
  });
}

function lineEntry(source: LineSource, problem: RecordProblem, line: number): Entry[] {
  const raw = rawLines(source, line, line);
  if (raw === null || (problem.raw ?? raw) !== raw) return [];
  return [{ problem, raw, lines: 1, range: new vscode.Range(0, 0, 0, raw.length) }];
}

/** The characters of the label, where it stands in the file (tags of words do not stand together), or of the text. */
function rangeIn({ startLine, label, text }: DatasetRecord, at: 'label' | 'text'): vscode.Range {
  const field = at === 'label' ? (label ?? text) : text;
  const start = field.positionOf(0);
  const end = field.positionOf(field.value.length);
  return new vscode.Range(
    start.line - startLine,
    start.character,
    end.line - startLine,
    end.character,
  );
}
