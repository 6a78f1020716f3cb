/** Asks which methods are to be measured, and remembers the answer. */
import * as vscode from 'vscode';
import type { MethodDescription } from '../../protocol';
import { memory } from '../ids';

/** Measured beside the chosen method where nobody has said otherwise: cheap, and a person knows what to expect of them. */
const usual = ['gradient', 'input-x-gradient'];

export class MethodPicker {
  constructor(private readonly workspaceMemory: vscode.Memento) {}

  /** Names; null when the user changed their mind. The random explainer and shuffled weights are measured anyway. */
  async pick(
    methods: readonly MethodDescription[],
    chosen: string,
  ): Promise<readonly string[] | null> {
    const before = this.workspaceMemory.get<unknown>(memory.measuredMethods);
    const ticked: readonly unknown[] = Array.isArray(before) ? before : [chosen, ...usual];
    const items = methods
      .filter(({ family }) => family !== 'control')
      .map(({ name, title, about, costly }) => ({
        label: title,
        ...(costly && { description: vscode.l10n.t('takes long') }),
        detail: about,
        picked: ticked.includes(name),
        name,
      }));
    const picked = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Glassbox: Measure Explanations'),
      placeHolder: vscode.l10n.t(
        'Which methods? A random explainer and shuffled weights are measured with them.',
      ),
      canPickMany: true,
    });
    if (!picked || picked.length === 0) return null;
    const names = picked.map(({ name }) => name);
    await this.workspaceMemory.update(memory.measuredMethods, names);
    return names;
  }
}
