/** All ideas for some texts: a batch of gradients at the texts, one with words blanked, one with places for new words. */
import type { Model } from '../../../model/model';
import type { ResolvedAttackOptions } from '../../../protocol/attack';
import { filtersFor, type FilterTarget } from '../flip/filters';
import type { Vocabulary } from '../flip/vocabulary';
import { isStopWord } from '../flip/wordForms';
import type { Tester, Trial } from '../tester';
import { unitsOf, type Unit } from '../units';
import { gradientStep, type Gradients, type Slope, type Slopes } from './gradientStep';
import { byEstimate, keyOf, type Idea } from './proposal';
import { deletionsOf, replacementsOf } from './proposals/atText';
import { slipsOf } from './proposals/characters';
import { anyWord, gapsOf, insertionsOf, questionOf } from './proposals/insert';
import { byPosition, inTurn } from './ranking';
import { Seeded } from '../../random';

/** What ideas are made with. */
export interface Workshop {
  readonly tester: Tester;
  readonly gradients: Gradients;
  readonly vocabulary: Vocabulary;
  readonly options: ResolvedAttackOptions;
}

export interface Ideas {
  /** By the gradient, the most promising first. */
  readonly estimated: readonly Idea[];
  /** Tried beside them. */
  readonly slips: readonly Idea[];
}

/** Replacements asked for beyond the candidates: some do not survive the tokenizer. */
const spare = 8;
/** Units a text that are blanked: those with the largest gradients. */
const mostBlanked = 4;

/** The units of a text that may be flipped. */
export function flippable(trial: Trial, { tester, options }: Workshop): Unit[] {
  const units = unitsOf(trial, tester.goal, options, { once: true });
  return options.noStopWords ? units.filter(({ text }) => !isStopWord(text)) : units;
}

/**
 * Replacements are looked for twice: by the gradient at the text, and by that where the most important units are blanked. Where
 * the model is sure the first is next to nothing and may point the wrong way; the second knows what the words were worth. Both
 * are tried in turn. A single candidate, AllenNLP's preset and a least cosine (which a blank has with nothing) leave the
 * second out.
 */
export async function ideasOf(trials: readonly Trial[], shop: Workshop): Promise<Ideas[]> {
  const { vocabulary, options } = shop;
  const { edits, candidates, preset, seed } = options;
  const texts = await slopesOf(trials, shop);
  const blanked = await blankedIdeas(texts, shop);
  const inserted = edits.includes('insert') ? await insertedIdeas(texts, shop) : [];
  // Slips have no estimate to be ranked by: theirs is an equal share of the candidates.
  const share = edits.includes('characters') ? Math.floor(candidates / edits.length) : 0;
  return texts.map(({ trial, found: { slopes } }, index) => {
    const atText = [
      ...(edits.includes('replace') ? replacementsOf(slopes, vocabulary) : []),
      ...(edits.includes('delete') ? deletionsOf(slopes) : []),
      ...(inserted[index] ?? []),
    ];
    const random = new Seeded(seed, keyOf(trial.draft));
    return {
      estimated:
        preset === 'allennlp'
          ? byPosition(slopes, atText)
          : inTurn(atText.sort(byEstimate), blanked[index]!),
      slips: share > 0 ? slipsOf(slopes, share, random) : [],
    };
  });
}

interface Text {
  readonly trial: Trial;
  readonly found: Slopes;
}

async function slopesOf(trials: readonly Trial[], shop: Workshop): Promise<Text[]> {
  const units = trials.map(trial => flippable(trial, shop));
  const found = await ask(trials, units, null, shop);
  return trials.map((trial, index) => ({ trial, found: found[index]! }));
}

/**
 * Replacements by the gradient where the units with the largest gradients are blanked: each alone, which gives an estimate (what the
 * blank costs, plus the first-order gain of the word in its place), and all together, which gives none.
 */
async function blankedIdeas(texts: readonly Text[], shop: Workshop): Promise<Idea[][]> {
  const { edits, candidates, preset, minCosine } = shop.options;
  const blank = placeholderOf(shop.tester.model);
  const pure = candidates === 1 || preset === 'allennlp' || minCosine > -1;
  if (pure || blank === null || !edits.includes('replace')) return texts.map(() => []);
  const sets = texts.map(({ found: { slopes } }) => {
    const units = steepest(slopes).map(({ unit }) => unit);
    return units.length === 0 ? [] : [units, ...units.map(unit => [unit])];
  });
  const trials = texts.flatMap(({ trial }, index) => sets[index]!.map(() => trial));
  const found = await ask(trials, sets.flat(), blank, shop);
  let next = 0;
  return texts.map((text, index) => {
    const [together, ...each] = found.slice(next, (next += sets[index]!.length));
    const alone = each.flatMap(one => {
      const rise = riseOf(one, text.found);
      return replacementsOf(one.slopes, shop.vocabulary).map(idea => ({
        ...idea,
        estimate: idea.estimate! + rise,
      }));
    });
    const all = replacementsOf(together?.slopes ?? [], shop.vocabulary).sort(byEstimate);
    return inTurn(
      alone.sort(byEstimate),
      all.map(idea => ({ ...idea, estimate: null })),
    );
  });
}

function steepest(slopes: readonly Slope[]): Slope[] {
  return slopes
    .filter(({ replacements }) => replacements.length > 0)
    .sort((a, b) => b.norm - a.norm)
    .slice(0, mostBlanked);
}

/** What the scalar gains when a unit is blanked, in the window where it is. */
function riseOf(blanked: Slopes, text: Slopes): number {
  const window = blanked.slopes[0]?.window ?? 0;
  return blanked.windows[window]!.value - text.windows[window]!.value;
}

async function ask(
  trials: readonly Trial[],
  units: readonly (readonly Unit[])[],
  blank: number | null,
  { tester, gradients, vocabulary, options }: Workshop,
): Promise<Slopes[]> {
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
    blank,
  }));
  const frame = { filters, best: options.candidates + spare, minCosine: options.minCosine };
  return await gradientStep(tester, gradients, asks, frame);
}

async function insertedIdeas(texts: readonly Text[], shop: Workshop): Promise<Idea[][]> {
  const { tester, gradients, vocabulary, options } = shop;
  const { model } = tester;
  const placeholder = placeholderOf(model);
  const { filters, filterOf } = filtersFor(vocabulary, options, [anyWord]);
  const filter = filterOf[0] ?? null;
  if (placeholder === null || filter === null) return texts.map(() => []);
  const gaps = texts.map(({ trial, found }) => gapsOf(model, trial, found));
  const questions = texts.flatMap(({ trial }, index) =>
    gaps[index]!.map(gap => questionOf(model.about.head, trial, gap, placeholder, filter)),
  );
  if (questions.length === 0) return texts.map(() => []);
  // Nothing stands there that a word could be like.
  const frame = { filters, best: options.candidates + spare, minCosine: null };
  tester.stopIfCancelled();
  const { answers, runs } = await gradients.run(questions, frame, tester.options);
  tester.spent(questions.length, runs);
  let next = 0;
  return gaps.map(ofText => ofText.flatMap(gap => insertionsOf(gap, answers[next++]!, vocabulary)));
}

/** What keeps the place of a word: the mask, else the unknown token, else padding; null where the model has none. */
function placeholderOf({ about }: Model): number | null {
  return about.maskId ?? about.tokenizer?.unkId ?? about.padId;
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
    before?.special === false &&
    before.field === token.field &&
    before.word === token.word &&
    token.word !== null;
  return { id: hand.ids[first]!, text, startsWord: unit === 'words' || !continues };
}
