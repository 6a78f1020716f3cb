/** An explanation that is shown, and where its record stands in the document now. */
import * as vscode from 'vscode';
import type { Field, LineSource } from '../../dataset';
import type { FieldIndex, PanelState, TextRange } from '../../protocol';
import type { Picture } from '../heatmap/heatmap';
import type { Span } from '../heatmap/spans';
import { spanAt, spansOf } from '../heatmap/spans';
import type { FoundRecord } from '../records/readRecord';
import { rawLines } from '../records/readRecord';

export class Explained {
  readonly spans: readonly Span[];
  /** The line on which the record starts now, from 0: lines above it may have come and gone. */
  startLine: number;
  /** The record's own lines were edited since. */
  stale = false;
  /** False after Clear Heatmap. */
  wanted = true;

  constructor(
    readonly found: FoundRecord,
    /** As the panel shows it; only the number of the line changes. */
    public state: PanelState,
  ) {
    const { text, pair } = found.info;
    this.spans = spansOf(state.explanation, text, pair?.text ?? '');
    this.startLine = found.record.startLine;
  }

  get uri(): vscode.Uri {
    return this.found.uri;
  }

  get endLine(): number {
    return this.startLine + this.found.record.endLine - this.found.record.startLine;
  }

  /** Looks whether the record stands at `line` as it was explained; true when anything is new. */
  place(source: LineSource, line: number): boolean {
    const before = { line: this.startLine, stale: this.stale };
    this.startLine = line;
    const { record, memory } = this.state;
    this.state = {
      ...this.state,
      record: { ...record, line: line + 1 },
      memory: { ...memory, line },
    };
    this.stale = rawLines(source, line, this.endLine) !== this.found.raw;
    return before.line !== line || before.stale !== this.stale;
  }

  private get shift(): number {
    return this.startLine - this.found.record.startLine;
  }

  /** Where what was pointed at for this explanation stands now. */
  get focus(): { line: number; character?: number } {
    const { line, character } = this.found.focus;
    return { line: this.startLine + line, ...(character === undefined ? {} : { character }) };
  }

  private fieldOf(index: FieldIndex): Field | null {
    const { text, pair } = this.found.record;
    return index === 0 ? text : pair;
  }

  /** Where characters of a field's text stand in the document now. */
  rangeOf({ field, start, end }: Pick<Span, 'field' | 'start' | 'end'>): vscode.Range {
    const text = this.fieldOf(field) ?? this.found.record.text;
    const from = text.positionOf(start);
    const to = text.positionOf(end);
    return new vscode.Range(
      from.line + this.shift,
      from.character,
      to.line + this.shift,
      to.character,
    );
  }

  /** The span at a place in the document, in whichever text that is; null where there is none. */
  spanAt({ line, character }: vscode.Position): Span | null {
    for (const field of [0, 1] as const) {
      const offset = this.fieldOf(field)?.offsetAt(line - this.shift, character) ?? null;
      const span = offset === null ? null : spanAt(this.spans, field, offset);
      if (span) return span;
    }
    return null;
  }

  /** What the explained reading did not see; word by word where the words stand apart in the file. */
  private unseenRanges(): vscode.Range[] {
    const { words } = this.found.info;
    return this.state.explanation.unseen.flatMap(({ field, ...range }) => {
      const parts = field === 0 && words ? words.filter(word => overlaps(word, range)) : [range];
      return parts.map(part => this.rangeOf({ field, ...part }));
    });
  }

  /** What is to be painted; null while the line is another one than that explained. */
  picture(): Picture | null {
    if (this.stale || !this.wanted) return null;
    return {
      uri: this.uri,
      explanation: this.state.explanation,
      spans: this.spans.map(span => ({ span, range: this.rangeOf(span) })),
      unseen: this.unseenRanges(),
    };
  }
}

function overlaps(a: TextRange, b: TextRange): boolean {
  return a.start < b.end && b.start < a.end;
}
