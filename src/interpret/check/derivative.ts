/** The derivative at a real input against slopes that are measured along random directions. */
import type { Model } from '../../model/model';
import type { Row } from '../../model/inputs';
import type { DirectionCheck } from '../../protocol/modelCheck';
import type { Decision } from '../task/decision';
import type { RunOptions } from '../task/predictRows';
import type { SaliencyProgram } from '../saliency/gradients/program';
import { runPoints, silentPoint, type Point } from '../saliency/gradients/runPoints';
import { slopeAtZero, type Slope } from './slope';

/** Half widths of the intervals in which the slope is measured, in units of the direction. */
const widths = [0.1, 0.02, 0.004];
/** Distances in each interval, on both sides. */
const distances = [0.2, 0.4, 0.6, 0.8, 1];
const places = [...distances.map(distance => -distance), ...distances];

/**
 * A direction leads from other, random words to the words of the text, at all positions at once: the word vectors
 * are e + t (e - e'), so that the derivative by t at 0 is the sum of gradient times (e - e'). Of the intervals the one
 * counts whose slope is most certain. `decisions`: what the model decides about the row; the scalar is its logit.
 */
export async function checkDirections(
  program: SaliencyProgram,
  row: Row,
  decisions: readonly Decision[],
  { directions, seed }: { readonly directions: number; readonly seed: number },
  options: RunOptions,
): Promise<DirectionCheck[]> {
  const points: Point[] = [
    { ...silentPoint(1), weight: 1 },
    ...widths.flatMap(width => places.map(place => silentPoint(1 + width * place))),
  ];
  const random = generator(seed);
  const otherWords = (): number[] => randomWords(program.model, row, random);
  const rows = Array.from({ length: directions }, () => row);
  const { rows: found } = await runPoints(
    program,
    {
      rows,
      decisions: rows.map(() => decisions),
      scalar: 'logit',
      baseline: { ids: rows.map(otherWords), scale: 1 },
      points,
    },
    options,
  );
  return found.map(({ reductions, scalars }): DirectionCheck => {
    const derivative = reductions.productSum.reduce((a, b) => a + b, 0);
    const slopes = widths.map((width, i) => {
      const at = 1 + i * places.length;
      const values = scalars.slice(at, at + places.length);
      const slope = slopeAtZero(
        distances.map(distance => distance * width),
        values.slice(0, distances.length),
        values.slice(distances.length),
      );
      // A few distances can agree by luck: the scalar itself is rounded to this, seen over the interval.
      const size = Math.max(1, ...values.map(Math.abs));
      const rounded = (valueRoundings * singlePrecision * size) / width;
      return { ...slope, uncertainty: slope.uncertainty + rounded };
    });
    return compare(derivative, mostCertain(slopes), reductions.productL1);
  });
}

/** Half the distance from 1 to the next float32. */
const singlePrecision = 2 ** -24;
/** Roundings that add up in a logit, and in a term of the derivative. */
const valueRoundings = 8;
const roundings = 128;

/** The slope with the least uncertainty; what the next certain one says otherwise is uncertain too. */
function mostCertain(slopes: readonly Slope[]): Slope {
  const [best, next] = [...slopes].sort((a, b) => a.uncertainty - b.uncertainty) as [Slope, Slope];
  const apart = Math.max(0, Math.abs(best.value - next.value) - next.uncertainty);
  return { value: best.value, uncertainty: best.uncertainty + apart };
}

function compare(derivative: number, slope: Slope, terms: readonly number[]): DirectionCheck {
  const magnitude = terms.reduce((a, b) => a + b, 0);
  return {
    derivative,
    measured: slope.value,
    error: Math.abs(derivative - slope.value),
    expected: slope.uncertainty + roundings * singlePrecision * magnitude,
  };
}

/** So many of the directions may cross a kink (of ReLU or of a maximum), where there is no slope to measure. */
const kinks = 1 / 4;
/** Whether the derivative is right, as far as these directions tell: a wrong rule shows in nearly all of them. */
export function isRight(directions: readonly DirectionCheck[]): boolean {
  const outside = directions.filter(({ error, expected }) => !(error <= expected)).length;
  return outside <= kinks * directions.length;
}

/** Other ids for every token that the model reads. */
function randomWords({ about }: Model, { ids, mask }: Row, random: () => number): number[] {
  const { vocabulary } = about.embedding;
  return ids.map((id, i) => (mask[i] === 1 ? Math.floor(random() * vocabulary) : id));
}

/** Lehmer's generator with the multiplier of Park and Miller (1988): repeatable, and good enough to pick words. */
function generator(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state - 1) / 2147483646;
  };
}
