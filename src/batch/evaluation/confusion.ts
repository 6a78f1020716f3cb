/** Which labels are taken for which, and on which lines. */
import { Growing } from '../../interpret/influence/train/growing';
import type { EvaluationSummary } from '../../protocol/evaluation';

/** More labels than these make no table that one can read: the most frequent ones are shown. */
const mostShown = 50;

export interface CellRecord {
  /** From 1. */
  readonly line: number;
  readonly confidence: number | null;
}

/** The cells of a confusion matrix with the lines of each: twenty bytes a line. */
export class Confusion {
  private readonly numbers = new Map<string, number>();
  private readonly lines = new Growing(new Int32Array(256));
  private readonly gold = new Growing(new Int32Array(256));
  private readonly predicted = new Growing(new Int32Array(256));
  /** NaN: none. */
  private readonly confidences = new Growing(new Float64Array(256));
  /** By gold * 2^20 + predicted. */
  private readonly cells = new Map<number, number>();

  constructor(private readonly labels: readonly string[]) {
    labels.forEach((label, number) => this.numbers.set(label, number));
  }

  /** `line` from 1. Labels that the model has not are left out. */
  add(line: number, gold: string, predicted: string, confidence: number | null): void {
    const [row, column] = [this.numbers.get(gold), this.numbers.get(predicted)];
    if (row === undefined || column === undefined) return;
    this.lines.push(line);
    this.gold.push(row);
    this.predicted.push(column);
    this.confidences.push(confidence ?? NaN);
    const cell = row * 2 ** 20 + column;
    this.cells.set(cell, (this.cells.get(cell) ?? 0) + 1);
  }

  /** Rows: gold, columns: predicted, both in the order of the model's labels; at most 50, those that gold and predictions have most often. */
  matrix(): NonNullable<EvaluationSummary['confusion']> {
    const shown = this.shown();
    const counts = shown.map(row =>
      shown.map(column => this.cells.get(row * 2 ** 20 + column) ?? 0),
    );
    return { labels: shown.map(number => this.labels[number]!), counts };
  }

  /** The first `limit` records of a cell in the order in which they came, and how many there are. */
  recordsOf(
    gold: string,
    predicted: string,
    limit: number,
  ): { readonly records: readonly CellRecord[]; readonly total: number } {
    const [row, column] = [this.numbers.get(gold), this.numbers.get(predicted)];
    const [golds, predictions] = [this.gold.view(), this.predicted.view()];
    const [lines, confidences] = [this.lines.view(), this.confidences.view()];
    const records: CellRecord[] = [];
    let total = 0;
    for (let i = 0; i < lines.length; i++) {
      if (golds[i] !== row || predictions[i] !== column || total++ >= limit) continue;
      const confidence = Number.isNaN(confidences[i]) ? null : confidences[i]!;
      records.push({ line: lines[i]!, confidence });
    }
    return { records, total };
  }

  private shown(): number[] {
    const all = [...this.labels.keys()];
    if (all.length <= mostShown) return all;
    const weights = new Float64Array(all.length);
    for (const [cell, count] of this.cells) {
      weights[Math.floor(cell / 2 ** 20)]! += count;
      weights[cell % 2 ** 20]! += count;
    }
    return all
      .sort((a, b) => weights[b]! - weights[a]! || a - b)
      .slice(0, mostShown)
      .sort((a, b) => a - b);
  }
}
