/** What the panel asks for in its attack tab, done. */
import * as vscode from 'vscode';
import { attackJson } from '../../batch/attackJson';
import { attackText } from '../../batch/attackText';
import type { AttackResult } from '../../protocol';
import type { Appender, LineToAppend } from '../append/appender';
import type { PanelHandlers } from '../panel/listen';
import type { Attacked, Attacker } from './attacker';
import type { StepMaps } from './stepMaps';
import { textOfStep } from './stepQuestion';

export interface AttackHandlerParts {
  readonly attacker: () => Attacker;
  readonly maps: () => StepMaps;
  readonly appender: Appender;
}

type Names = 'attackAgain' | 'attackStep' | 'attackCopy' | 'attackAppend';

/** `guarded` tells what its work throws. */
export function makeAttackHandlers(
  { attacker, maps, appender }: AttackHandlerParts,
  guarded: (work: () => Promise<unknown>) => void,
): Pick<PanelHandlers, Names> {
  const withCurrent = (work: (current: Attacked) => Promise<unknown>) => {
    const { current } = attacker();
    if (current) guarded(() => work(current));
  };
  return {
    attackAgain(settings) {
      guarded(() => attacker().again(settings));
    },
    attackStep({ step }) {
      guarded(() => maps().ask(step));
    },
    attackCopy({ as }) {
      withCurrent(current => copy(current, as));
    },
    attackAppend({ step }) {
      withCurrent(async current => {
        const line = lineOf(current, step);
        if (line) await appender.append(line);
      });
    },
  };
}

async function copy({ state: { record, result } }: Attacked, as: 'json' | 'text'): Promise<void> {
  const text =
    as === 'json'
      ? JSON.stringify(attackJson(result, record), null, 2)
      : attackText(result, record);
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(
    as === 'json'
      ? vscode.l10n.t('Glassbox: the attack is in the clipboard as JSON.')
      : vscode.l10n.t('Glassbox: the attack is in the clipboard as text.'),
    4000,
  );
}

/** The text of a step as a line of a new dataset; null where there is no such step. */
export function lineOf({ found, state }: Attacked, step: number): LineToAppend | null {
  const { result } = state;
  const other = textOfStep(result, step);
  if (!other) return null;
  const { attack, goal, original, options, target, modelName, modelHash } = result;
  return {
    found,
    other,
    maker: {
      attack,
      goal,
      before: original.label,
      after: other.label,
      changes: 'changes' in other ? other.changes : [],
      options,
      target,
      step: { number: step + 1, of: result.steps.length },
      verified: isFinal(result, step) && !result.cancelled ? result.verifiedFromText : null,
      model: { name: modelName, hash: modelHash },
    },
  };
}

/** Only the last text is asked about alone. */
function isFinal({ steps }: AttackResult, step: number): boolean {
  return step === steps.length - 1;
}
