/** Proposals by the gradient: one batch of gradients for all texts of a step, and the ideas that follow from it. */
import type { ResolvedAttackOptions } from '../../../protocol/attack';
import type { Tester, Trial } from '../tester';
import { unitsOf, type Unit } from '../units';
import { filtersFor, type FilterTarget } from '../flip/filters';
import type { Vocabulary } from '../flip/vocabulary';
import { isStopWord } from '../flip/wordForms';
import { gradientStep, type Gradients, type Slopes } from './gradientStep';
import { byEstimate, keyOf, type Idea, type Proposal, type Proposer } from './proposal';
import { deletionsOf, replacementsOf } from './proposals/atText';
import { slipsOf } from './proposals/characters';
import { insertionsOf } from './proposals/insert';
import { Seeded } from './seeded';
import { realise } from './survives';

/** Asked for beyond the candidates: some replacements do not survive the tokenizer. */
const spare = 8;

export class GradientProposer implements Proposer {
  dropped = 0;

  constructor(
    private readonly tester: Tester,
    private readonly gradients: Gradients,
    private readonly vocabulary: Vocabulary,
    private readonly options: ResolvedAttackOptions,
  ) {}

  async propose(trials: readonly Trial[]): Promise<Proposal[][]> {
    const found = await this.slopesOf(trials);
    const ideas = await this.ideasOf(trials, found);
    const proposals: Proposal[][] = [];
    for (const [index, trial] of trials.entries()) {
      const { estimated, slips } = ideas[index]!;
      const known = new Set([keyOf(trial.draft)]);
      const quota = this.options.candidates;
      const some = await this.realise(trial, estimated, quota - slips.length, known);
      const others = await this.realise(trial, slips, quota - some.length, known);
      proposals.push([...some, ...others]);
    }
    return proposals;
  }

  async proposeApart(trial: Trial, count: number): Promise<Proposal[]> {
    const found = await this.slopesOf([trial]);
    const [{ estimated, slips }] = (await this.ideasOf([trial], found)) as [Ideas];
    const proposals: Proposal[] = [];
    const places = placesOf([...estimated, ...slips]);
    const known = new Set([keyOf(trial.draft)]);
    for (const ideas of places) {
      if (proposals.length === count) break;
      proposals.push(...(await this.realise(trial, ideas, 1, known)));
    }
    return proposals;
  }

  /** The units of a text that may be flipped. */
  unitsOf(trial: Trial): Unit[] {
    const { options, tester } = this;
    const units = unitsOf(trial, tester.goal, options, { once: true });
    return options.noStopWords ? units.filter(({ text }) => !isStopWord(text)) : units;
  }

  private async slopesOf(trials: readonly Trial[]): Promise<Slopes[]> {
    const { vocabulary, options, tester } = this;
    const units = trials.map(trial => this.unitsOf(trial));
    const targets = trials.flatMap((trial, index) =>
      units[index]!.map(unit => targetOf(trial, unit, options)),
    );
    const { filters, filterOf } = options.edits.includes('replace')
      ? filtersFor(vocabulary, options, targets)
      : { filters: [], filterOf: [] };
    let next = 0;
    const asks = trials.map((trial, index) => ({
      trial,
      units: units[index]!.map(unit => ({ ...unit, filter: filterOf[next++] ?? null })),
    }));
    const frame = { filters, best: this.best, minCosine: options.minCosine };
    return await gradientStep(tester, this.gradients, asks, frame);
  }

  /** Replacements that are asked for at each place. */
  private get best(): number {
    return this.options.candidates + spare;
  }

  private async ideasOf(trials: readonly Trial[], found: readonly Slopes[]): Promise<Ideas[]> {
    const { tester, gradients, vocabulary, options } = this;
    const { edits, candidates, preset, seed } = options;
    const texts = trials.map((trial, index) => ({ trial, found: found[index]! }));
    const inserted = edits.includes('insert')
      ? await insertionsOf(tester, gradients, texts, vocabulary, options, this.best)
      : [];
    // Slips have no estimate to be ranked by: theirs is an equal share of the candidates.
    const share = edits.includes('characters') ? Math.floor(candidates / edits.length) : 0;
    return texts.map(({ trial, found: { slopes } }, index) => {
      const estimated = [
        ...(edits.includes('replace') ? replacementsOf(slopes, vocabulary) : []),
        ...(edits.includes('delete') ? deletionsOf(slopes) : []),
        ...(inserted[index] ?? []),
      ];
      const random = new Seeded(seed, keyOf(trial.draft));
      return {
        estimated:
          preset === 'allennlp' ? byPosition(slopes, estimated) : estimated.sort(byEstimate),
        slips: share > 0 ? slipsOf(slopes, share, random) : [],
      };
    });
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

/** What is replaced, for the filters. */
function targetOf(
  { read: { hand } }: Trial,
  { text, tokens }: Unit,
  { unit }: ResolvedAttackOptions,
): FilterTarget {
  const [first] = tokens as readonly [number];
  const token = hand.tokens[first]!;
  const before = hand.tokens[first - 1];
  const continues =
    before?.special === false && before.field === token.field && before.word === token.word;
  return {
    id: hand.ids[first]!,
    text,
    startsWord: unit === 'words' || token.word === null || !continues,
  };
}

interface Ideas {
  /** The best first. */
  readonly estimated: Idea[];
  readonly slips: Idea[];
}

/** Ideas by their place, the places in the order of their best idea. */
function placesOf(ideas: readonly Idea[]): Idea[][] {
  const places = new Map<string, Idea[]>();
  for (const idea of ideas) {
    const { field, start, end } = idea.edit;
    const place = `${field} ${start} ${end}`;
    places.set(place, [...(places.get(place) ?? []), idea]);
  }
  return [...places.values()];
}

/**
 * AllenNLP's order (HotFlip 2.10.1): the position with the largest gradient first, whatever can be put there, and at it the
 * replacement with the largest gain. Its faults are not copied: it may put in the token that stands there already (and spend the
 * position), it never looks at the text that its tokens make, it stops every attack on a tagger after one flip, and it has no
 * limit but the text's end. It follows the gradient of the loss and we that of the margin: of two classes the loss is a
 * falling function of the margin, so both rank alike; of more they need not.
 */
function byPosition(slopes: Slopes['slopes'], ideas: readonly Idea[]): Idea[] {
  const norms = new Map(
    slopes.map(({ unit: { place }, norm }) => [`${place.field} ${place.start}`, norm]),
  );
  const normOf = ({ edit }: Idea): number => norms.get(`${edit.field} ${edit.start}`)!;
  return [...ideas].sort((a, b) => normOf(b) - normOf(a) || byEstimate(a, b));
}
