/** Replacements by chance: the baseline that HotFlip must beat with the same budget. */
import { filtersFor } from '../../src/interpret/attack/flip/filters';
import { Vocabulary } from '../../src/interpret/attack/flip/vocabulary';
import { searchWith } from '../../src/interpret/attack/hotflip';
import type { Idea, Proposal, Proposer } from '../../src/interpret/attack/hotflip/proposal';
import { keyOf } from '../../src/interpret/attack/hotflip/proposal';
import { Seeded } from '../../src/interpret/random';
import { realise } from '../../src/interpret/attack/hotflip/survives';
import type { AttackMethod } from '../../src/interpret/attack/method';
import type { Tester, Trial } from '../../src/interpret/attack/tester';
import { unitsOf } from '../../src/interpret/attack/units';
import type { ResolvedAttackOptions } from '../../src/protocol/attack';

/** The search, limits, filters and number of verified candidates are HotFlip's; units and words are drawn. */
export const randomAttack: AttackMethod = async search => {
  const { tester, options } = search;
  const { tokenizer, embedding } = tester.model.about;
  const vocabulary = await Vocabulary.of(tokenizer!, embedding.vocabulary);
  return await searchWith(search, new RandomProposer(tester, vocabulary, options));
};

class RandomProposer implements Proposer {
  readonly dropped = 0;

  constructor(
    private readonly tester: Tester,
    private readonly vocabulary: Vocabulary,
    private readonly options: ResolvedAttackOptions,
  ) {}

  async propose(trials: readonly Trial[]): Promise<Proposal[][]> {
    return await Promise.all(trials.map(trial => this.draw(trial, this.options.candidates)));
  }

  async proposeApart(trial: Trial, count: number): Promise<Proposal[]> {
    return await this.draw(trial, count);
  }

  private async draw(trial: Trial, count: number): Promise<Proposal[]> {
    const known = new Set([keyOf(trial.draft)]);
    const { proposals } = await realise(trial, this.ideas(trial, 4 * count), count, known);
    return [...proposals];
  }

  private *ideas(trial: Trial, most: number): Generator<Idea> {
    const { tester, vocabulary, options } = this;
    const random = new Seeded(options.seed, keyOf(trial.draft));
    const { ids } = trial.read.hand;
    const units = unitsOf(trial, tester.goal, options, { once: true });
    const targets = units.map(({ text, tokens }) => ({
      id: ids[tokens[0]!]!,
      text,
      startsWord: true,
    }));
    const { filters, filterOf } = filtersFor(vocabulary, options, targets);
    const allowed = filters.map(filter => [...filter.keys()].filter(id => filter[id] === 1));
    const open = units.flatMap((unit, index) => {
      const filter = filterOf[index] ?? null;
      return filter === null ? [] : [{ unit, ids: allowed[filter]! }];
    });
    if (open.length === 0) return;
    for (let drawn = 0; drawn < most; drawn++) {
      const { unit, ids } = random.pick(open);
      const id = random.pick(ids);
      const to = vocabulary.surfaceOf(id, unit.text);
      if (to === null) continue;
      const meant = { id, first: unit.tokens[0]!, end: unit.tokens.at(-1)! + 1 };
      yield { edit: { ...unit.place, edit: 'replace', to }, estimate: null, meant, id };
    }
  }
}
