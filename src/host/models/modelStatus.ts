/** The one status bar item: which model explains, whether it is at work, whether it failed. */
import * as vscode from 'vscode';
import { commands } from '../ids';
import { modelTitle } from './modelFolders';

export type ModelActivity = 'idle' | 'busy' | 'failed';

export class ModelStatus implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private activity: ModelActivity = 'idle';
  private details: string[] = [];

  constructor(private readonly currentModel: () => string | null) {
    this.item = vscode.window.createStatusBarItem(
      'glassbox.model',
      vscode.StatusBarAlignment.Right,
      90,
    );
    this.item.name = vscode.l10n.t('Glassbox Model');
    this.item.command = commands.selectModel;
    this.refresh();
    this.item.show();
  }

  /** What the model is doing; `details` are lines for the tooltip (device, fields, failure). */
  set(activity: ModelActivity, details: readonly string[] = this.details): void {
    this.activity = activity;
    this.details = [...details];
    this.refresh();
  }

  refresh(): void {
    const dir = this.currentModel();
    const name = dir === null ? vscode.l10n.t('Select Model') : modelTitle(dir);
    const icon = { idle: 'eye', busy: 'sync~spin', failed: 'error' }[this.activity];
    this.item.text = `$(${icon}) ${name}`;
    const lines = [
      dir ?? vscode.l10n.t('No model is selected.'),
      ...this.details,
      vscode.l10n.t('Click to select another model.'),
    ];
    const says = {
      idle: vscode.l10n.t('Glassbox model: {0}', name),
      busy: vscode.l10n.t('Glassbox model: {0}, explaining', name),
      failed: vscode.l10n.t('Glassbox model: {0}, failed', name),
    }[this.activity];
    this.item.accessibilityInformation = { label: says, role: 'button' };
    const tooltip = new vscode.MarkdownString();
    for (const [i, line] of lines.entries()) tooltip.appendText(i ? `\n${line}` : line);
    this.item.tooltip = tooltip;
    this.item.backgroundColor =
      this.activity === 'failed'
        ? new vscode.ThemeColor('statusBarItem.errorBackground')
        : undefined;
  }

  dispose(): void {
    this.item.dispose();
  }
}
