/** Input Reduction of a text by its own model, as an attack runs it, without the outcome's sentences. */
import { firstDraft } from '../../src/interpret/attack/draft';
import { goalFor } from '../../src/interpret/attack/goals';
import type { Goal } from '../../src/interpret/attack/goal';
import type { Found, Kept } from '../../src/interpret/attack/method';
import { resolveAttackOptions } from '../../src/interpret/attack/options';
import { inputReduction } from '../../src/interpret/attack/reduction';
import { Tester, type Trial } from '../../src/interpret/attack/tester';
import { unitsOf, wordsOfFields } from '../../src/interpret/attack/units';
import { apply, type Draft } from '../../src/interpret/attack/draft';
import { readText } from '../../src/interpret/task/readText';
import type { RunOptions } from '../../src/interpret/task/predictRows';
import type { Model } from '../../src/model/model';
import type { AttackOptions, ResolvedAttackOptions } from '../../src/protocol/attack';
import type { LabelChoice, TextInput } from '../../src/protocol/task';

export interface Reduction {
  readonly found: Found;
  readonly told: readonly (readonly Kept[])[];
  readonly start: Trial;
  /** The last text; the original where nothing went. */
  readonly last: Trial;
  readonly goal: Goal;
  readonly tester: Tester;
  readonly options: ResolvedAttackOptions;
}

export interface ReduceCalls extends RunOptions {
  readonly label?: LabelChoice;
  readonly tell?: (path: readonly Kept[]) => void;
  /** In place of the task's own. */
  readonly goal?: Goal;
}

export async function reduce(
  model: Model,
  input: TextInput,
  asked: AttackOptions = {},
  { label = { kind: 'predicted' }, tell, goal: given, ...run }: ReduceCalls = {},
): Promise<Reduction> {
  const options = resolveAttackOptions('input-reduction', asked);
  const read = await readText(model, input, {}, {});
  const maker = goalFor[model.about.head.task];
  const goal = given ?? maker({ read, label, target: null, by: options.by });
  const tester = new Tester(model, goal, {}, run);
  const draft = firstDraft(input, goal.anchor);
  const start: Trial = { draft, read, ...goal.judge(read, draft) };
  const told: (readonly Kept[])[] = [];
  const found = await inputReduction({
    tester,
    start,
    options,
    tell: path => {
      told.push(path);
      tell?.(path);
    },
  });
  return { found, told, start, last: found.path.at(-1)?.trial ?? start, goal, tester, options };
}

/** Every text that one more removal makes of the last one, by the rules of what may go. */
export function singleRemovals({ last, goal, options }: Reduction): Draft[] {
  const words = wordsOfFields(last.read, options);
  return unitsOf(last, goal, { ...options, ownWords: 'protect' })
    .filter(({ place }) => words[place.field] > 1)
    .map(({ place }) => apply(last.draft, [{ ...place, edit: 'delete', to: '' }]));
}
