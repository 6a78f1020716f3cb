/** An explanation that is shown, and where its record stands in the document now. */
import * as vscode from 'vscode';
import type { LineSource } from '../../dataset';
import type { PanelState } from '../../protocol';
import type { Picture } from '../heatmap/heatmap';
import type { Span } from '../heatmap/spans';
import { spansOf } from '../heatmap/spans';
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
    this.spans = spansOf(state.explanation, found.info.text);
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

  /** Where characters of the text stand in the document now. */
  rangeOf({ start, end }: Pick<Span, 'start' | 'end'>): vscode.Range {
    const from = this.found.record.text.positionOf(start);
    const to = this.found.record.text.positionOf(end);
    return new vscode.Range(
      from.line + this.shift,
      from.character,
      to.line + this.shift,
      to.character,
    );
  }

  /** The offset in the text of a place in the document, or null when it lies elsewhere. */
  offsetAt(position: vscode.Position): number | null {
    return this.found.record.text.offsetAt(position.line - this.shift, position.character);
  }

  /** What is to be painted; null while the line is another one than that explained. */
  picture(): Picture | null {
    if (this.stale || !this.wanted) return null;
    return {
      uri: this.uri,
      explanation: this.state.explanation,
      spans: this.spans.map(span => ({ span, range: this.rangeOf(span) })),
    };
  }
}
