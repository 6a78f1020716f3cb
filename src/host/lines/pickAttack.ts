/** Asks which attack. */
import * as vscode from 'vscode';
import { resolveAttackOptions } from '../../interpret/attack/options';
import type { AttackKind, AttackSettings } from '../../protocol';
import { attackKinds, attackNames } from '../../protocol';
import type { AttackMemory } from '../attack/attackMemory';

function about(attack: AttackKind): string {
  switch (attack) {
    case 'hotflip':
      return vscode.l10n.t('the smallest change that flips the prediction');
    case 'input-reduction':
      return vscode.l10n.t('the fewest words that keep the prediction');
  }
}

/** What differs from the defaults: 'target: negative, maxFlips: 3'; '' for nothing. */
export function inWords({ attack, options, target }: AttackSettings): string {
  const defaults = Object.entries(resolveAttackOptions(attack, {}));
  const chosen = Object.entries(options).filter(([name, value]) =>
    defaults.some(([known, usual]) => known === name && String(usual) !== String(value)),
  );
  return [...(target === null ? [] : [['target', target] as const]), ...chosen]
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ');
}

/** Null when the user changed their mind. The options are those that were used last. */
export async function pickAttack(memory: AttackMemory): Promise<AttackSettings | null> {
  const items = attackKinds.map(attack => {
    const settings = memory.get(attack);
    const detail = inWords(settings);
    const item = { label: attackNames[attack], description: about(attack), settings };
    return detail === '' ? item : { ...item, detail };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Glassbox: Attack Selection'),
    placeHolder: vscode.l10n.t('Which attack? It has the options that it was run with last.'),
  });
  return picked?.settings ?? null;
}
