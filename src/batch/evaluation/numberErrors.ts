/** How far predicted numbers are from the gold ones. */
import { Growing } from '../../interpret/influence/train/growing';
import { pearson, spearman } from '../../interpret/correlation';
import type { EvaluationSummary } from '../../protocol/evaluation';

/** Pairs of numbers: sixteen bytes each, for ranks need them all. */
export class NumberErrors {
  private readonly gold = new Growing(new Float64Array(256));
  private readonly predicted = new Growing(new Float64Array(256));
  private absolute = 0;
  private squares = 0;
  private ranked: { readonly count: number; readonly value: number | null } | null = null;

  add(gold: readonly number[], predicted: readonly number[]): void {
    gold.forEach((right, i) => {
      const found = predicted[i]!;
      this.gold.push(right);
      this.predicted.push(found);
      this.absolute += Math.abs(found - right);
      this.squares += (found - right) ** 2;
    });
  }

  /**
   * Of a model with several numbers a text, all of them together. Null where there are none. Ranks cost more than the rest: on the way (`final`
   * false) Spearman's correlation may be that of the first nine tenths.
   */
  summary(final: boolean): EvaluationSummary['numbers'] {
    const [gold, predicted] = [this.gold.view(), this.predicted.view()];
    const count = gold.length;
    if (count === 0) return null;
    if (!this.ranked || final || count > this.ranked.count / 0.9) {
      this.ranked = { count, value: spearman(gold, predicted) };
    }
    return {
      meanAbsoluteError: this.absolute / count,
      rootMeanSquareError: Math.sqrt(this.squares / count),
      pearson: pearson(gold, predicted),
      spearman: this.ranked.value,
    };
  }
}
