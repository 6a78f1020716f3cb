/** Reads the record that a target points at, from the open document or, for huge files, from disk. */
import type * as vscode from 'vscode';
import type { DatasetFormat, DatasetRecord, Field, LineSource } from '../../dataset';
import {
  DatasetCache,
  formatOf,
  goldInWords,
  listFields,
  openFileLines,
  recordAt,
  textInput,
} from '../../dataset';
import type { RecordInfo, TextInput } from '../../protocol';
import { documentLines } from './documentLines';
import type { FieldChoice } from './fieldChoice';
import type { Target } from './target';

export interface FoundRecord {
  readonly uri: vscode.Uri;
  readonly record: DatasetRecord;
  /** The record's lines as they stood, to tell whether they were edited since. */
  readonly raw: string;
  readonly info: RecordInfo;
  /** What the engine is asked about. */
  readonly input: TextInput;
  /** What was pointed at: a line counted from the record's first, and a character on it. */
  readonly focus: { readonly line: number; readonly character: number | undefined };
}

/** The record as it stands after lines above it came or went; `moved` tells where a line (from 0) stands now. */
export function movedRecord(found: FoundRecord, moved: (line: number) => number): FoundRecord {
  return { ...found, info: { ...found.info, line: moved(found.info.line - 1) + 1 } };
}

/** The lines from `start` to `end`, both included, joined by '\n'; null when they are not all there. */
export function rawLines(source: LineSource, start: number, end: number): string | null {
  if (start < 0 || end >= source.lineCount) return null;
  const lines: string[] = [];
  for (let line = start; line <= end; line++) lines.push(source.line(line));
  return lines.join('\n');
}

export class RecordReader {
  /** What was learned about one version of a document; the next line of it is cheaper. */
  private learned: { key: string; cache: DatasetCache } | null = null;

  constructor(private readonly fields: FieldChoice) {}

  /** Throws GlassboxError 'bad-input', one sentence with file and line. */
  async read(target: Target, signal: AbortSignal): Promise<FoundRecord> {
    return this.withLines(target, signal, (source, format, cache) => {
      const options = this.fields.wishFor(target.uri, source, format, target.line, cache);
      const record = recordAt(source, format, target.line, { ...options, cache });
      const { startLine, endLine, text, pair, words } = record;
      return {
        uri: target.uri,
        record,
        raw: rawLines(source, startLine, endLine) ?? '',
        input: textInput(record, target.line, target.character),
        focus: { line: target.line - startLine, character: target.character },
        info: {
          file: source.name,
          line: startLine + 1,
          field: text.name,
          text: text.value,
          pair: pair && { field: pair.name, text: pair.value },
          words: words?.map(({ start, end }) => ({ start, end })) ?? null,
          gold: goldInWords(record),
        },
      };
    });
  }

  /** The fields of the target's record, for Select Fields. */
  async fieldsAt(target: Target): Promise<Field[]> {
    return this.withLines(target, new AbortController().signal, (source, format, cache) =>
      listFields(source, format, target.line, { cache }),
    );
  }

  private async withLines<T>(
    { uri, document }: Target,
    signal: AbortSignal,
    read: (source: LineSource, format: DatasetFormat, cache: DatasetCache) => T,
  ): Promise<T> {
    const format = formatOf(uri.path) ?? 'txt';
    if (document) {
      return read(documentLines(document), format, this.cacheOf(document));
    }
    const file = await openFileLines(uri.fsPath, { signal });
    try {
      return read(file, format, new DatasetCache());
    } finally {
      await file.close();
    }
  }

  private cacheOf(document: vscode.TextDocument): DatasetCache {
    const key = `${document.version} ${document.uri.toString()}`;
    if (this.learned?.key !== key) this.learned = { key, cache: new DatasetCache() };
    return this.learned.cache;
  }
}
