/** The commands that attack and rewrite lines. */
import type * as vscode from 'vscode';
import type { AttackKind, AttackResult, AttackTable, RewriteState } from '../../protocol';
import type { LinesAttacker } from '../lines/linesAttacker';
import { pickAttack } from '../lines/pickAttack';
import { findLines } from '../lines/selection';
import { findTarget } from '../records/target';
import type { Rewriter } from '../rewrite/rewriter';
import type { Attacker } from './attacker';
import type { AttackMemory } from './attackMemory';
import { isAttackKind } from './attackMemory';

export interface AttackCommandParts {
  readonly attacker: Attacker;
  readonly attacks: AttackMemory;
  readonly linesAttacker: LinesAttacker;
  readonly rewriter: Rewriter;
  /** The last text editor with a dataset in it, for commands that are run from the panel. */
  readonly lastEditor: () => vscode.TextEditor | null;
}

export async function attackLine(
  { attacker, lastEditor }: AttackCommandParts,
  argument: unknown,
  attack: AttackKind,
): Promise<AttackResult | null> {
  const target = await findTarget(argument, lastEditor());
  return target && attacker.attack(target, attack);
}

export async function rewriteLine(
  { rewriter, lastEditor }: AttackCommandParts,
  argument: unknown,
): Promise<RewriteState | null> {
  const target = await findTarget(argument, lastEditor());
  return target && rewriter.start(target);
}

/** A caller may name the attack, `{ uri, lines, attack: 'hotflip' }`; a person is asked. */
export async function attackSelection(
  parts: AttackCommandParts,
  argument: unknown,
  whole: boolean,
): Promise<AttackTable | null> {
  const { linesAttacker, attacks, lastEditor } = parts;
  const lines = await findLines(argument, lastEditor(), whole);
  const named = attackIn(argument);
  const wanted = named ? attacks.get(named) : await pickAttack(attacks);
  return wanted && linesAttacker.start({ lines, wanted });
}

function attackIn(argument: unknown): AttackKind | null {
  if (typeof argument !== 'object' || argument === null || !('attack' in argument)) return null;
  return isAttackKind(argument.attack) ? argument.attack : null;
}
