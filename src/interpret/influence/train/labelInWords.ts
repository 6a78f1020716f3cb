/** Labels and predictions as a person reads them. */
import type { Head } from '../../../model/head';
import { indexOfLargest } from '../../task/reading';
import { shortNumber } from '../../task/regressing';
import { probabilitiesOf } from '../../task/decision';
import type { Target } from '../curvature/rowLoss';

/** 'positive'; 'toxic, insult' or 'none'; '3.5'; 'B-PER I-PER O'. `target`: as `targetOf` gives it, of a tagger by word. */
export function labelInWords({ task, labels }: Head, target: Target): string {
  if (typeof target === 'number') return labels[target]!;
  if (task === 'binary-classification') return labels[target[0]!]!;
  if (task === 'regression') return target.map(shortNumber).join(', ');
  if (task === 'token-classification') return target.map(tag => labels[tag]!).join(' ');
  return labels.filter((_, index) => target[index] === 1).join(', ') || 'none';
}

/** What the model decides, as a target; of a tagger by word, `logits` being those of each word. */
export function decided({ task, link }: Head, logits: readonly Float32Array[]): Target {
  if (task === 'token-classification') return logits.map(indexOfLargest);
  const [first] = logits as [Float32Array];
  if (link === 'softmax') return indexOfLargest(first);
  // A probability of exactly one half is a yes.
  return link === 'sigmoid' ? Array.from(first, z => Number(z >= 0)) : Array.from(first);
}

/** Of the one label that is decided; null where there is none (numbers, several labels, tags). */
export function probabilityOf({ task, link }: Head, logits: Float32Array): number | null {
  if (task === 'text-classification') return Math.max(...probabilitiesOf(link, logits));
  if (task !== 'binary-classification') return null;
  const [share] = probabilitiesOf(link, logits) as [number];
  return Math.max(share, 1 - share);
}
