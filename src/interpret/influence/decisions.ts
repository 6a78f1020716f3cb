/** A target taken apart into the decisions of a model whose losses are averaged. */
import type { Head } from '../../model/head';
import type { Target } from './curvature/rowLoss';

/** Of a whole text (position 0), or of a token. */
export interface Decision {
  readonly position: number;
  /** What is right, [classes]: 1 for the right label and else 0; several ones of several labels; the numbers of a regression. */
  readonly right: Float64Array;
}

/** Of a tagger one a token that counts; else one, however many labels or numbers it has. */
export function decisionsOf({ decides, classes, link }: Head, target: Target): Decision[] {
  if (decides === 'token') {
    return (target as readonly number[]).flatMap((tag, position) =>
      tag < 0 ? [] : [{ position, right: oneOf(tag, classes!) }],
    );
  }
  const right =
    link === 'softmax'
      ? oneOf(target as number, classes!)
      : Float64Array.from(target as readonly number[]);
  return [{ position: 0, right }];
}

function oneOf(label: number, classes: number): Float64Array {
  const right = new Float64Array(classes);
  right[label] = 1;
  return right;
}
