/** The texts that one more removal makes of a text, and what the model says about them. */
import { apply, type Draft } from '../draft';
import type { Search } from '../method';
import type { Tester, Trial } from '../tester';
import { unitsOf, wordsOfFields, type Unit } from '../units';

/** A text without one of its words. */
export interface Removal {
  readonly unit: Unit;
  readonly draft: Draft;
  /** Equal where the same text is left, whichever of two equal words went. */
  readonly key: string;
}

/**
 * What may be removed of a text: never the decision's own words (without them there is nothing to keep), nor what the options
 * protect, nor the last word of a text or of either text of a pair.
 */
export function removable({ options, tester }: Search, trial: Trial): Unit[] {
  const words = wordsOfFields(trial.read, options);
  return unitsOf(trial, tester.goal, { ...options, ownWords: 'protect' }).filter(
    ({ place }) => words[place.field] > 1,
  );
}

export function remove({ draft }: Trial, unit: Unit): Removal {
  const left = without(draft, [unit]);
  return { unit, draft: left, key: JSON.stringify([left.input, left.anchor]) };
}

/** A text without some of its words. */
export function without(draft: Draft, units: readonly Unit[]): Draft {
  return apply(
    draft,
    units.map(({ place }) => ({ ...place, edit: 'delete', to: '' })),
  );
}

/** What was asked in one round: no text is asked twice. */
export class Asked {
  private readonly trials = new Map<string, Trial | null>();

  constructor(private readonly tester: Tester) {}

  /** One batch; what is known already is not asked again. */
  async ask(removals: readonly Removal[]): Promise<void> {
    const fresh = new Map<string, Draft>();
    for (const { key, draft } of removals) if (!this.trials.has(key)) fresh.set(key, draft);
    const found = await this.tester.ask([...fresh.values()]);
    [...fresh.keys()].forEach((key, index) => this.trials.set(key, found[index]!));
  }

  /**
   * With this removal as what was done last: another text may have come to the same one by another removal.
   * Null before it was asked, and where nothing is left that the model could read.
   */
  trialOf({ key, draft }: Removal): Trial | null {
    const trial = this.trials.get(key);
    return trial ? { ...trial, draft } : null;
  }

  /** The text where the prediction stays, else null. */
  kept(removal: Removal): Trial | null {
    const trial = this.trialOf(removal);
    return trial && !trial.reached ? trial : null;
  }
}
