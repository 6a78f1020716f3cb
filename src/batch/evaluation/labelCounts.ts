/** How often labels are right, and what follows from that: precision, recall, F1. */
import type { LabelScores } from '../../protocol/evaluation';

interface Counts {
  /** Both gold and predicted. */
  right: number;
  support: number;
  predicted: number;
}

export interface Scores {
  readonly labels: readonly LabelScores[];
  /** Mean of the F1s that are defined; null where none is. */
  readonly macroF1: number | null;
  /** F1 of all labels' counts together. */
  readonly microF1: number | null;
}

/** Counts labels of single decisions, of sets of labels, or of entities by type. */
export class LabelCounts {
  private readonly counts = new Map<string, Counts>();

  /** @param labels in this order in `scores`; others follow as they come. */
  constructor(labels: readonly string[]) {
    for (const label of labels) this.of(label);
  }

  /** Labels of one decision; each list without repetitions. */
  add(gold: readonly string[], predicted: readonly string[]): void {
    for (const label of gold) this.of(label).support++;
    for (const label of predicted) {
      this.of(label).predicted++;
      if (gold.includes(label)) this.of(label).right++;
    }
  }

  /** One thing (an entity) that gold has, that is predicted, or both. */
  addOne(label: string, { gold, predicted }: { gold: boolean; predicted: boolean }): void {
    const counts = this.of(label);
    if (gold) counts.support++;
    if (predicted) counts.predicted++;
    if (gold && predicted) counts.right++;
  }

  /**
   * Precision is undefined (null) where a label is never predicted, recall where gold never has it, F1 = 2 right / (support + predicted) only
   * where both are so; in the macro mean undefined ones are left out.
   */
  scores(): Scores {
    const labels = [...this.counts].map(([label, counts]) => ({
      label,
      precision: ratio(counts.right, counts.predicted),
      recall: ratio(counts.right, counts.support),
      f1: f1Of(counts),
      support: counts.support,
      predicted: counts.predicted,
    }));
    const defined = labels.flatMap(({ f1 }) => (f1 === null ? [] : [f1]));
    const all = { right: 0, support: 0, predicted: 0 };
    for (const { right, support, predicted } of this.counts.values()) {
      all.right += right;
      all.support += support;
      all.predicted += predicted;
    }
    const macroF1 = ratio(
      defined.reduce((sum, f1) => sum + f1, 0),
      defined.length,
    );
    return { labels, macroF1, microF1: f1Of(all) };
  }

  private of(label: string): Counts {
    let counts = this.counts.get(label);
    if (!counts) {
      counts = { right: 0, support: 0, predicted: 0 };
      this.counts.set(label, counts);
    }
    return counts;
  }
}

function f1Of({ right, support, predicted }: Counts): number | null {
  return ratio(2 * right, support + predicted);
}

/** Null where there is nothing to divide by. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
