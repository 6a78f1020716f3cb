/** What the panel asks for in its tab of measures, done. */
import * as vscode from 'vscode';
import { showFile } from '../lines/showFile';
import type { PanelHandlers } from '../panel/listen';
import { pageBeside, type Measurer } from './measurer';

export interface MeasuringHandlerParts {
  readonly measurer: () => Measurer;
}

type Names = Extract<keyof PanelHandlers, `measures${string}`>;

/** `guarded` tells what its work throws. */
export function makeMeasuringHandlers(
  { measurer }: MeasuringHandlerParts,
  guarded: (work: () => Promise<unknown>) => void,
): Pick<PanelHandlers, Names> {
  return {
    measuresResume() {
      guarded(() => measurer().resume());
    },
    measuresShowFile({ as }) {
      const { jsonl } = measurer().current ?? {};
      if (typeof jsonl !== 'string') return;
      guarded(() => (as === 'html' ? openPage(pageBeside(jsonl)) : showFile(jsonl)));
    },
  };
}

/** In the browser; where VS Code has none, its text. */
async function openPage(file: string): Promise<void> {
  const isOpen = await vscode.env.openExternal(vscode.Uri.file(file));
  if (!isOpen) await showFile(file);
}
