/** Whether confidences can be believed: how often decisions are right that the model is so sure of. */
import type { ConfidenceBin, EvaluationSummary } from '../../protocol/evaluation';

const binCount = 10;

/**
 * Expected calibration error (Guo et al. 2017, On Calibration of Modern Neural Networks, equation 3) over ten bins of equal width: mean over
 * decisions of |share that is right - mean confidence| of their bin.
 */
export class Calibration {
  private readonly right = new Float64Array(binCount);
  private readonly wrong = new Float64Array(binCount);
  private readonly sum = new Float64Array(binCount);

  add(confidence: number, right: boolean): void {
    // A confidence of 1 belongs to the last bin.
    const bin = Math.min(binCount - 1, Math.max(0, Math.floor(confidence * binCount)));
    (right ? this.right : this.wrong)[bin]!++;
    this.sum[bin]! += confidence;
  }

  /** Null where nothing was added. */
  summary(): EvaluationSummary['calibration'] {
    const bins = Array.from({ length: binCount }, (_, bin): ConfidenceBin => {
      const [right, wrong] = [this.right[bin]!, this.wrong[bin]!];
      const count = right + wrong;
      const confidence = count === 0 ? null : this.sum[bin]! / count;
      return { from: bin / binCount, to: (bin + 1) / binCount, right, wrong, confidence };
    });
    const all = bins.reduce((count, { right, wrong }) => count + right + wrong, 0);
    if (all === 0) return null;
    // |n accuracy - n confidence| / all
    const gaps = bins.map(({ right }, bin) => Math.abs(right - this.sum[bin]!));
    return { error: gaps.reduce((sum, gap) => sum + gap, 0) / all, bins };
  }
}
