/** Brings the panel back after VS Code was closed, and asks again for what it showed. */
import * as vscode from 'vscode';
import type { PanelMemory } from '../../protocol';
import { defaultChoices, readChoices } from '../choices';
import { panelViewType } from '../ids';

/** What the panel handed to `setState`; null when there is nothing that can be asked again. */
export function readMemory(stored: unknown): PanelMemory | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const { uri, line, choices } = stored as Record<string, unknown>;
  if (typeof uri !== 'string' || typeof line !== 'number' || !Number.isInteger(line)) return null;
  if (line < 0) return null;
  return { uri, line, choices: readChoices(choices) ?? defaultChoices };
}

/** Registers for the panel's view type; `adopt` takes the panel, `askAgain` explains its line. */
export function registerRestore(
  adopt: (panel: vscode.WebviewPanel) => void,
  askAgain: (memory: PanelMemory) => Promise<void>,
): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(panelViewType, {
    async deserializeWebviewPanel(panel, stored) {
      adopt(panel);
      const memory = readMemory(stored);
      if (memory) await askAgain(memory);
    },
  });
}
