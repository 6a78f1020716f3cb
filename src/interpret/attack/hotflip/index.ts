/**
 * HotFlip (Ebrahimi et al. 2018; AllenNLP Interpret; LIT; TextAttack): the flips of words that the gradient proposes, each confirmed by
 * the model from the text that it makes.
 */
import type { HealthCheck } from '../../../protocol/explanation';
import { FlipProgram } from '../flip/flipProgram';
import { Vocabulary } from '../flip/vocabulary';
import type { AttackMethod, Found, Search } from '../method';
import { countWords } from '../units';
import { climb, type Climb } from './beam';
import { GradientProposer } from './gradientProposer';
import { flippable, type Workshop } from './ideas';
import { mostFlips } from './limits';
import { minimal, oneIsLeast, type MinimalClimb } from './minimal';
import type { Proposer } from './proposal';

export const hotflip: AttackMethod = async search => {
  const { tester, start, options } = search;
  tester.stopIfCancelled();
  const { tokenizer, embedding } = tester.model.about;
  // A text was read, so there is one.
  const vocabulary = await Vocabulary.of(tokenizer!, embedding.vocabulary);
  const gradients = await FlipProgram.of(tester.model);
  const shop: Workshop = { tester, gradients, vocabulary, options };
  if (flippable(start, shop).length === 0) return nothing('no word of the text may be changed');
  return await searchWith(search, new GradientProposer(shop));
};

/** The search that the options ask for, whoever proposes. */
export async function searchWith(search: Search, proposer: Proposer): Promise<Found> {
  const { options, start } = search;
  const most = mostFlips(options, countWords(start.read, options));
  const found = await climbed(search, proposer, most);
  const notes = notesOf(proposer);
  if (!found.tried) {
    return { ...nothing('no allowed change was found for any word of the text'), notes };
  }
  const { path, trial } = found.best;
  const minimality =
    'minimality' in found
      ? found.minimality
      : trial.reached && path.length === 1
        ? oneIsLeast
        : null;
  return { path, minimality, notes, nothingToTry: null };
}

async function climbed(
  search: Search,
  proposer: Proposer,
  most: number,
): Promise<Climb | MinimalClimb> {
  const { beam, search: kind } = search.options;
  switch (kind) {
    case 'greedy':
      return await climb(search, proposer, 1, most);
    case 'beam':
      return await climb(search, proposer, beam, most);
    case 'minimal':
      return await minimal(search, proposer, beam, most);
  }
}

function notesOf({ dropped }: Proposer): HealthCheck[] {
  if (dropped === 0) return [];
  const says = `${dropped} replacement${dropped === 1 ? ' was' : 's were'} dropped: the tokenizer reads ${dropped === 1 ? 'its' : 'their'} text as something else.`;
  return [{ check: 'retokenised', ok: true, value: dropped, says }];
}

function nothing(says: string): Found {
  return { path: [], minimality: null, notes: [], nothingToTry: says };
}
