/** What a model says of examples: their loss, what it decides, and whether that is the label. */
import type { Head } from '../../model/head';
import type { Model } from '../../model/model';
import { logitsAt, type RowOutput } from '../../model/rowOutput';
import { predictRows, type RunOptions } from '../task/predictRows';
import { checkFinite, indexOfLargest } from '../task/reading';
import { shortNumber } from '../task/regressing';
import type { Example } from './curvature/batches';
import type { Target } from './curvature/rowLoss';
import { decisionsOf } from './decisions';
import { emptyState, lossOf } from './head/linearHead';

export interface Judged {
  /** The mean over the decisions of the text that count, as in curvature/rowLoss.ts. */
  readonly loss: number;
  /** What is decided, as a target: of a tagger at the same tokens. */
  readonly predicted: Target;
  /** Of what is decided; null where there is none (numbers, several labels, tags). */
  readonly probability: number | null;
  /** Null for numbers. */
  readonly agrees: boolean | null;
}

/** In the order of the examples. Throws GlassboxError 'cancelled', and 'bad-model' where a logit is no number. */
export async function judgeExamples(
  model: Model,
  examples: readonly Example[],
  options: RunOptions,
): Promise<Judged[]> {
  const rows = examples.map(({ row }) => row);
  const { outputs } = await predictRows(model, rows, options);
  const { head } = model.about;
  return examples.map((example, i) => judge(head, example.target, outputs[i]!));
}

/** A model's answer to one text. */
export function judge(head: Head, target: Target, output: RowOutput): Judged {
  const { link, task } = head;
  const decisions = decisionsOf(head, target);
  let loss = 0;
  const answers = decisions.map(({ position, right }) => {
    const logits = Float64Array.from(logitsAt(head, output, position));
    checkFinite(logits);
    const state = emptyState(logits.length);
    loss += lossOf(link, logits, right, 0, state) / decisions.length;
    return state.answers;
  });
  const first = answers[0] ?? new Float64Array();
  if (task === 'regression') {
    return { loss, predicted: [...first], probability: null, agrees: null };
  }
  if (head.decides === 'token') {
    const predicted = (target as readonly number[]).map(() => notCounted);
    decisions.forEach(({ position }, i) => (predicted[position] = indexOfLargest(answers[i]!)));
    return { loss, predicted, probability: null, agrees: sameTarget(predicted, target) };
  }
  if (link === 'softmax') {
    const predicted = indexOfLargest(first);
    return { loss, predicted, probability: first[predicted]!, agrees: predicted === target };
  }
  // A probability of one half is a yes.
  const predicted = Array.from(first, p => Number(p >= 0.5));
  const single = task === 'binary-classification';
  const probability = single ? Math.max(first[0]!, 1 - first[0]!) : null;
  return { loss, predicted, probability, agrees: sameTarget(predicted, target) };
}

/** The target of tokens whose loss does not count. */
const notCounted = -100;

export function sameTarget(a: Target, b: Target): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** 'positive', 'toxic, insult', 'B-PER I-PER O' (the tokens that count), '3.5'. */
export function targetInWords({ task, labels }: Head, target: Target): string {
  if (typeof target === 'number') return labels[target]!;
  if (task === 'regression') return target.map(shortNumber).join(', ');
  if (task === 'binary-classification') return labels[target[0]!]!;
  if (task === 'token-classification') {
    const tags = target.filter(tag => tag >= 0);
    return tags.map(tag => labels[tag]!).join(' ');
  }
  return labels.filter((_, label) => target[label] === 1).join(', ') || 'none';
}
