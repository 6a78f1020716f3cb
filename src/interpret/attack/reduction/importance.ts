/** How much each word of a text matters to the decision: what Input Reduction removes first matters least. */
import type { ResolvedAttackOptions } from '../../../protocol/attack';
import { combine } from '../../saliency/gradients/combine';
import { atText } from '../../saliency/gradients/plan';
import { SaliencyProgram } from '../../saliency/gradients/program';
import { runPoints, type Reductions, type RowResult } from '../../saliency/gradients/runPoints';
import type { Part } from '../../task/decision';
import { groupsOf } from '../../task/predictRows';
import type { Tester, Trial } from '../tester';
import type { Unit } from '../units';

/** A text with what may be removed from it. */
export interface Candidates {
  readonly trial: Trial;
  readonly units: readonly Unit[];
}

/** What the removal of a word would do, before it is tried. */
export interface Guess {
  /** The larger, the more the word matters. */
  readonly importance: number;
  /** First-order estimate of the rise of the margin when the word's vectors become zero; null where none was made. */
  readonly estimate: number | null;
}

export type GradientImportance = Exclude<ResolvedAttackOptions['importance'], 'leave-one-out'>;

/** Tokens whose gradients are held at once, for memory. */
const tokensTogether = 8192;

/**
 * One guess a unit of each text, from the gradient g of the goal's scalar (the margin) by the word vectors e, all texts in one batch.
 * 'gradient-norm': sqrt(sum over the word's pieces of ||g||_2^2), the norm of the gradient by all of the word's numbers; of a single
 * token ||g||_2, as AllenNLP's InputReduction has it (Feng et al. 2018 use leave-one-out, and name the gradient as its first-order
 * approximation). 'input-x-gradient': minus the sum over the pieces of e g, the rise of the margin to first order: the word that holds the
 * decision most comes last. Windows add up. Throws GlassboxError 'cancelled', 'unsupported' where the model has no derivative.
 */
export async function guess(
  tester: Tester,
  texts: readonly Candidates[],
  kind: GradientImportance,
): Promise<Guess[][]> {
  const all = await gradients(tester, texts);
  return texts.map(({ units }, index) => {
    const { seen, reductions } = all[index]!;
    const place = new Map(seen.map((token, at) => [token, at]));
    return units.map(({ tokens }) => {
      // A window that the decision is not read from adds nothing.
      const read = tokens.map(token => place.get(token)).filter(at => at !== undefined);
      const sum = (of: (at: number) => number): number => read.reduce((all, at) => all + of(at), 0);
      const estimate = 0 - sum(at => reductions.productSum[at]!);
      if (kind === 'input-x-gradient') return { importance: estimate, estimate };
      return { importance: Math.sqrt(sum(at => reductions.rawL2[at]! ** 2)), estimate };
    });
  });
}

interface Gradient {
  /** Tokens that were read, and one number for each. */
  readonly seen: readonly number[];
  readonly reductions: Pick<Reductions, 'rawL2' | 'productSum'>;
}

/** Where nothing that the model says could bring the goal nearer. */
const flat: Gradient = { seen: [], reductions: { rawL2: [], productSum: [] } };

async function gradients(tester: Tester, texts: readonly Candidates[]): Promise<Gradient[]> {
  tester.stopIfCancelled();
  const { model, goal } = tester;
  const program = await SaliencyProgram.of(model);
  const asked = texts.map(({ trial: { read, draft } }) => goal.parts(read, draft));
  const work = texts.flatMap(({ trial: { read } }, text) =>
    asked[text]!.map(part => ({ part, row: read.hand.windows[part.window]!.row })),
  );
  const results = new Array<RowResult>(work.length);
  let runs = 0;
  // Told between two runs, so once less than there are.
  const countRun = (): void => {
    runs++;
  };
  const rows = work.map(({ row }) => row);
  for (const group of groupsOf(model, rows)) {
    const length = Math.max(...group.map(at => rows[at]!.ids.length));
    const together = Math.max(1, Math.floor(tokensTogether / length));
    for (let first = 0; first < group.length; first += together) {
      const some = group.slice(first, first + together);
      const found = await runPoints(
        program,
        {
          rows: some.map(at => rows[at]!),
          decisions: some.map(at => work[at]!.part.decisions),
          scalar: 'logit',
          baseline: { ids: some.map(at => rows[at]!.ids.map(() => 0)), scale: 0 },
          points: [atText],
        },
        { ...tester.options, progress: countRun },
      );
      countRun();
      some.forEach((at, index) => {
        results[at] = found.rows[index]!;
      });
    }
  }
  tester.spent(texts.length, runs);
  let next = 0;
  return texts.map(({ trial: { read } }, text) => {
    const parts: readonly Part[] = asked[text]!;
    const own = results.slice(next, (next += parts.length));
    return parts.length === 0 ? flat : combine(read.hand.windows, parts, own);
  });
}
