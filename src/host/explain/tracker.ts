/** Keeps an explanation on its line while the document is edited, and links the cursor to the panel. */
import * as vscode from 'vscode';
import { movedLine } from '../heatmap/movedLine';
import { documentLines } from '../records/documentLines';
import type { Explained } from './explained';

export interface TrackerEvents {
  /** The record stands elsewhere now, became stale, or is as it was explained again. */
  readonly moved: (explained: Explained) => void;
  /** A document was edited, whatever is explained; `moved` tells where a line (from 0) stands now. */
  readonly edited: (uri: vscode.Uri, moved: (line: number) => number) => void;
  /** The cursor is on this token of the explained record, or on none. */
  readonly pointed: (token: number | null) => void;
}

export class Tracker implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly current: () => Explained | null,
    private readonly events: TrackerEvents,
  ) {
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length === 0) return;
        events.edited(document.uri, line => movedLine(line, contentChanges));
        const explained = this.explainedIn(document);
        if (!explained) return;
        const line = movedLine(explained.startLine, contentChanges);
        this.place(explained, document, line);
      }),
      vscode.workspace.onDidOpenTextDocument(document => {
        const explained = this.explainedIn(document);
        if (explained) this.place(explained, document, explained.startLine);
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
        const explained = this.explainedIn(textEditor.document);
        const cursor = selections[0]?.active;
        if (explained && cursor) this.point(explained, cursor);
      }),
    ];
  }

  private explainedIn(document: vscode.TextDocument): Explained | null {
    const explained = this.current();
    return explained?.uri.toString() === document.uri.toString() ? explained : null;
  }

  private place(explained: Explained, document: vscode.TextDocument, line: number): void {
    if (explained.place(documentLines(document), line)) this.events.moved(explained);
  }

  private point(explained: Explained, cursor: vscode.Position): void {
    const span = explained.stale ? null : explained.spanAt(cursor);
    this.events.pointed(span?.tokens[0] ?? null);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
