/** On which training lines label and prediction disagree. */
import type { Head } from '../../model/head';
import type { RunOptions } from '../task/predictRows';
import { judgeExamples } from './judged';
import type { InfluenceScores } from './method';
import type { TrainingSet } from './trainingSet';

type Known = Pick<InfluenceScores, 'losses' | 'disagrees'>;

/** Losses are of single precision. */
const slack = 1 - 1e-4;

/**
 * False for lines that certainly agree. A decision against the right choice gives it a probability of at most 1/2, so that its cross-entropy
 * is at least ln 2, and the mean over a line's decisions at least that divided by their number.
 */
export function mayDisagree(
  { task, decides, classes }: Head,
  maxTokens: number,
  { losses, disagrees }: Known,
): (number: number) => boolean {
  if (task === 'regression') return () => false;
  if (disagrees) return number => disagrees[number] === 1;
  if (!losses) return () => true;
  const decisions =
    decides === 'token' ? maxTokens : task === 'multi-label-classification' ? classes! : 1;
  const least = (slack * Math.LN2) / decisions;
  // A loss that is not known says nothing.
  return number => !(losses[number]! < least);
}

/** How many lines disagree; those that may are asked of the model where it is not known. */
export async function countDisagreeing(
  train: TrainingSet,
  known: Known,
  options: RunOptions,
): Promise<number> {
  const { head, maxTokens } = train.model.about;
  const may = mayDisagree(head, maxTokens, known);
  const numbers: number[] = [];
  for (let number = 0; number < train.count; number++) if (may(number)) numbers.push(number);
  if (known.disagrees || numbers.length === 0) return numbers.length;
  let count = 0;
  for await (const { examples } of train.examples({ ...options, numbers })) {
    const judged = await judgeExamples(train.model, examples, options);
    count += judged.filter(({ agrees }) => agrees === false).length;
  }
  return count;
}
