/** Paints an explanation into the editors that show its file, and keeps it there. */
import * as vscode from 'vscode';
import type { Explanation } from '../../protocol';
import { hoverText, unseenText } from './hoverText';
import type { Span } from './spans';
import { strengthOf } from './spans';
import type { Tint } from './styles';
import { emphasisStyle, isHighContrast, tints, tintStyle, unseenStyle } from './styles';

/** A span and where its characters stand in the document now. */
export interface PlacedSpan {
  readonly span: Span;
  readonly range: vscode.Range;
}

export interface Picture {
  readonly uri: vscode.Uri;
  readonly explanation: Explanation;
  readonly spans: readonly PlacedSpan[];
  /** What the model did not read. */
  readonly unseen: readonly vscode.Range[];
}

export function tintOf(span: Span, signed: boolean): Tint {
  if (!signed) return 'magnitude';
  return span.score > 0 ? 'towards' : 'away';
}

type Types = ReadonlyMap<string, vscode.TextEditorDecorationType>;

function makeTypes(highContrast: boolean): Types {
  const types = new Map<string, vscode.TextEditorDecorationType>();
  for (const tint of tints) {
    for (const strength of [1, 2, 3, 4, 5] as const) {
      const style = tintStyle(tint, strength, highContrast);
      types.set(`${tint}${strength}`, vscode.window.createTextEditorDecorationType(style));
    }
  }
  return types;
}

export class Heatmap implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];
  private highContrast = isHighContrast(vscode.window.activeColorTheme);
  /** Made when the first line is explained: a window that explains nothing pays nothing. */
  private types: Types | null = null;
  private readonly untinted = vscode.window.createTextEditorDecorationType({});
  private readonly unseen = vscode.window.createTextEditorDecorationType(unseenStyle());
  private emphasis: vscode.TextEditorDecorationType | null = null;
  private picture: Picture | null = null;
  private emphasised: vscode.Range | null = null;

  constructor() {
    this.subscriptions = [
      vscode.window.onDidChangeVisibleTextEditors(() => {
        this.paint();
      }),
      vscode.window.onDidChangeActiveColorTheme(theme => {
        if (isHighContrast(theme) === this.highContrast) return;
        this.highContrast = !this.highContrast;
        this.disposeTypes();
        this.paint();
      }),
    ];
  }

  /** Shows `picture` instead of what was there; null shows nothing. */
  show(picture: Picture | null): void {
    const before = this.picture;
    this.picture = picture;
    this.emphasised = null;
    if (before && before.uri.toString() !== picture?.uri.toString()) this.wipe(before.uri);
    this.paint();
  }

  /** Outlines these characters, or none. Does not scroll. */
  emphasise(range: vscode.Range | null): void {
    this.emphasised = range;
    this.emphasis ??= vscode.window.createTextEditorDecorationType(emphasisStyle());
    for (const editor of this.editors()) {
      editor.setDecorations(this.emphasis, range ? [range] : []);
    }
  }

  /** What is painted now, with strength 0 for what is left alone. */
  shown(): Picture | null {
    return this.picture;
  }

  private editors(uri = this.picture?.uri): readonly vscode.TextEditor[] {
    const key = uri?.toString();
    return vscode.window.visibleTextEditors.filter(
      editor => editor.document.uri.toString() === key,
    );
  }

  private wipe(uri: vscode.Uri): void {
    for (const editor of this.editors(uri)) {
      for (const type of [...(this.types?.values() ?? []), this.untinted, this.unseen]) {
        editor.setDecorations(type, []);
      }
      if (this.emphasis) editor.setDecorations(this.emphasis, []);
    }
  }

  private paint(): void {
    const { picture } = this;
    const editors = this.editors();
    if (!picture || editors.length === 0) return;
    this.types ??= makeTypes(this.highContrast);
    const groups = new Map<vscode.TextEditorDecorationType, vscode.DecorationOptions[]>(
      [...this.types.values(), this.untinted].map(type => [type, []]),
    );
    for (const { span, range } of picture.spans) {
      const strength = strengthOf(span);
      const key = `${tintOf(span, picture.explanation.signed)}${strength}`;
      const type = this.types.get(key) ?? this.untinted;
      groups.get(type)?.push({ range, hoverMessage: hoverText(span, picture.explanation) });
    }
    const hoverMessage = unseenText(picture.explanation);
    groups.set(
      this.unseen,
      picture.unseen.map(range => ({ range, hoverMessage })),
    );
    for (const editor of editors) {
      for (const [type, options] of groups) editor.setDecorations(type, options);
    }
    this.emphasise(this.emphasised);
  }

  private disposeTypes(): void {
    for (const type of this.types?.values() ?? []) type.dispose();
    this.types = null;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.disposeTypes();
    this.untinted.dispose();
    this.unseen.dispose();
    this.emphasis?.dispose();
  }
}
