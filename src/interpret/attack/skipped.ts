/** An attack that was not tried, and why. */
import type { Model } from '../../model/model';
import type {
  AttackedText,
  AttackKind,
  AttackRequest,
  AttackResult,
  ResolvedAttackOptions,
} from '../../protocol/attack';
import type { Reading } from '../task/reading';
import type { ReadText } from '../task/readText';
import type { Goal } from './goal';
import { countWords } from './units';

/** An attack before its search. */
export interface Setting {
  readonly model: Model;
  readonly request: AttackRequest;
  readonly options: ResolvedAttackOptions;
  readonly target: string | null;
  readonly read: ReadText;
  readonly reading: Reading;
  /** From performance.now(). */
  readonly started: number;
}

/** What the attack tries, as one sentence. */
export function aim(attack: AttackKind, { says, from }: Pick<Goal, 'says' | 'from'>): string {
  return attack === 'hotflip' ? says : `Remove words while the model still says "${from}".`;
}

/**
 * `goal`: null where there is not even a decision to attack. `says`: the reason, the outcome's sentence. `margin`: that of the
 * original; 0 without a decision.
 */
export function skipped(
  setting: Setting,
  goal: Goal | null,
  says: string,
  margin = 0,
): AttackResult {
  const { model, request, options, target, read, reading, started } = setting;
  const { text, pair, words } = request;
  const asked = reading.ask(goal?.label ?? { kind: 'predicted' }, 'both');
  const original: AttackedText = {
    text,
    pair: pair ?? null,
    words: words ?? null,
    label: goal?.from ?? asked.prediction.label,
    prediction: asked.prediction,
    margin,
  };
  const { device, hash, name } = model.about;
  return {
    attack: request.attack,
    options,
    target,
    label: goal?.label ?? request.label,
    goal: goal ? aim(request.attack, goal) : 'There is nothing to attack in this text.',
    original,
    steps: [],
    final: original,
    outcome: 'skipped',
    success: false,
    says,
    wordsChanged: 0,
    words: countWords(read, options),
    queries: 1,
    runs: 1,
    verifiedFromText: true,
    minimality: null,
    cancelled: false,
    gold: reading.gold,
    correct: reading.correct,
    notes: [...reading.notes, ...model.about.notes],
    device,
    milliseconds: performance.now() - started,
    modelHash: hash,
    modelName: name,
  };
}
