/** What the panel asks for, done. */
import * as vscode from 'vscode';
import type { ChoiceMemory } from './choices';
import type { Explained } from './explain/explained';
import type { Explainer } from './explain/explainer';
import type { Failures } from './failures';
import type { Heatmap } from './heatmap/heatmap';
import { spanOfToken } from './heatmap/spans';
import { commands } from './ids';
import { copyJson, savePicture } from './panel/exports';
import type { PanelHandlers } from './panel/panelHost';

export interface PanelHandlerParts {
  readonly explainer: () => Explainer;
  readonly failures: () => Failures;
  readonly choices: ChoiceMemory;
  readonly heatmap: Heatmap;
}

const notYet = () => undefined;

/** Where a token of the shown record stands now; null for special tokens and edited lines. */
function rangeOfToken(explained: Explained | null, token: number | null): vscode.Range | null {
  if (!explained || explained.stale || token === null) return null;
  const span = spanOfToken(explained.spans, token);
  return span && explained.rangeOf(span);
}

async function reveal(explained: Explained, range: vscode.Range): Promise<void> {
  const { uri } = explained;
  const visible = vscode.window.visibleTextEditors.find(
    editor => editor.document.uri.toString() === uri.toString(),
  );
  const viewColumn = visible?.viewColumn ?? vscode.ViewColumn.One;
  await vscode.window.showTextDocument(uri, { viewColumn, selection: range });
}

export function makePanelHandlers(parts: PanelHandlerParts): PanelHandlers {
  const { choices, heatmap } = parts;
  /** Runs `work`; what it throws is told as every failure is. */
  const guarded = (work: () => Promise<unknown>) => {
    work().catch((error: unknown) => {
      parts.failures().tell(error);
    });
  };
  return {
    choose(chosen) {
      guarded(async () => {
        await choices.set(chosen);
        await parts.explainer().again({ keepTab: true });
      });
    },
    hover({ token }) {
      heatmap.emphasise(rangeOfToken(parts.explainer().current, token));
    },
    reveal({ token }) {
      const { current } = parts.explainer();
      const range = rangeOfToken(current, token);
      if (current && range) guarded(() => reveal(current, range));
    },
    cancel() {
      parts.explainer().cancel();
    },
    copyJson() {
      const state = parts.explainer().current?.state;
      if (state) guarded(() => copyJson(state));
    },
    savePicture({ svg }) {
      const { current } = parts.explainer();
      if (current) guarded(() => savePicture(svg, current.uri, current.state));
    },
    attackAgain: notYet,
    attackStep: notYet,
    attackCopy: notYet,
    attackAppend: notYet,
    rewrite: notYet,
    pin: notYet,
    unpin: notYet,
    rewriteAppend: notYet,
    linesReveal: notYet,
    linesOpen: notYet,
    linesResume: notYet,
    linesShowFile: notYet,
    selectModel() {
      void vscode.commands.executeCommand(commands.selectModel);
    },
    showLog() {
      void vscode.commands.executeCommand(commands.showLog);
    },
  };
}
