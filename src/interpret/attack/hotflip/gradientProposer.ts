/** Proposals by the gradient: the most promising ideas that survive the tokenizer. */
import type { Trial } from '../tester';
import { ideasOf, type Ideas, type Workshop } from './ideas';
import { keyOf, type Idea, type Proposal, type Proposer } from './proposal';
import { placesOf } from './ranking';
import { realise } from './survives';

export class GradientProposer implements Proposer {
  dropped = 0;

  constructor(private readonly shop: Workshop) {}

  async propose(trials: readonly Trial[]): Promise<Proposal[][]> {
    const ideas = await ideasOf(trials, this.shop);
    const { candidates } = this.shop.options;
    const proposals: Proposal[][] = [];
    for (const [index, trial] of trials.entries()) {
      const { estimated, slips } = ideas[index]!;
      const known = new Set([keyOf(trial.draft)]);
      const some = await this.realise(trial, estimated, candidates - slips.length, known);
      const more = await this.realise(trial, slips, candidates - some.length, known);
      proposals.push([...some, ...more]);
    }
    return proposals;
  }

  async proposeApart(trial: Trial, count: number): Promise<Proposal[]> {
    const [{ estimated, slips }] = (await ideasOf([trial], this.shop)) as [Ideas];
    const known = new Set([keyOf(trial.draft)]);
    const proposals: Proposal[] = [];
    for (const ideas of placesOf([...estimated, ...slips])) {
      if (proposals.length === count) break;
      proposals.push(...(await this.realise(trial, ideas, 1, known)));
    }
    return proposals;
  }

  private async realise(
    trial: Trial,
    ideas: readonly Idea[],
    count: number,
    known: Set<string>,
  ): Promise<readonly Proposal[]> {
    const { proposals, dropped } = await realise(trial, ideas, count, known);
    this.dropped += dropped;
    return proposals;
  }
}
