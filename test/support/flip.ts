/** HotFlip of a text by its own model, as an attack runs it, without the outcome's sentences. */
import { firstDraft } from '../../src/interpret/attack/draft';
import { goalFor } from '../../src/interpret/attack/goals';
import { hotflip } from '../../src/interpret/attack/hotflip';
import type { AttackMethod, Found, Kept } from '../../src/interpret/attack/method';
import { resolveAttackOptions } from '../../src/interpret/attack/options';
import { Tester, type Trial } from '../../src/interpret/attack/tester';
import { readText } from '../../src/interpret/task/readText';
import type { RunOptions } from '../../src/interpret/task/predictRows';
import type { Model } from '../../src/model/model';
import type { AttackOptions } from '../../src/protocol/attack';

export interface Flipped {
  readonly found: Found;
  readonly told: readonly (readonly Kept[])[];
  readonly start: Trial;
  /** The last text; the original where nothing was found. */
  readonly last: Trial;
  readonly tester: Tester;
}

export interface FlipCalls extends RunOptions {
  readonly method?: AttackMethod;
  readonly onTell?: () => void;
}

/** Away from what is predicted. */
export async function flip(
  model: Model,
  text: string,
  asked: AttackOptions,
  { method = hotflip, onTell, ...run }: FlipCalls = {},
): Promise<Flipped> {
  const options = resolveAttackOptions('hotflip', asked);
  const read = await readText(model, { text }, {}, {});
  const makeGoal = goalFor[model.about.head.task];
  const goal = makeGoal({ read, label: { kind: 'predicted' }, target: null, by: options.by });
  const tester = new Tester(model, goal, {}, run);
  const draft = firstDraft({ text }, goal.anchor);
  const start: Trial = { draft, read, ...goal.judge(read, draft) };
  const told: (readonly Kept[])[] = [];
  const tell = (path: readonly Kept[]): void => {
    told.push(path);
    onTell?.();
  };
  const found = await method({ tester, start, options, tell });
  return { found, told, start, last: found.path.at(-1)?.trial ?? start, tester };
}

export function textsOf({ found }: Flipped): string[] {
  return found.path.map(({ trial }) => trial.draft.input.text);
}
