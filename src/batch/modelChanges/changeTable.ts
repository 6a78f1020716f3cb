/** What changed from one model to another, line by line: the largest changes are kept. */
import type { ModelChangeRow, ModelChangesState } from '../../protocol/comparison';
import { ratio } from '../evaluation/labelCounts';
import { Strongest } from '../strongest';
import type { ChangeLine } from './changeLine';

const mostRows = 1000;

export class ChangeTable {
  /** Lines (from 1) that are done. */
  readonly lines = new Set<number>();
  private readonly changed = new Strongest<ModelChangeRow>(mostRows);
  private flipped = 0;
  private readonly judged = { before: 0, after: 0 };
  private readonly right = { before: 0, after: 0 };

  /** A line counts once. */
  add({ row, correct_before, correct_after }: ChangeLine): void {
    if (this.lines.has(row.line)) return;
    this.lines.add(row.line);
    if (row.flipped) this.flipped++;
    this.judge('before', correct_before);
    this.judge('after', correct_after);
    // What failed stands at the end.
    this.changed.add(row.failed === null ? row.change : -1, row.line, () => row);
  }

  figures(): Pick<
    ModelChangesState,
    'done' | 'flipped' | 'accuracyBefore' | 'accuracyAfter' | 'rows'
  > {
    return {
      done: this.lines.size,
      flipped: this.flipped,
      accuracyBefore: ratio(this.right.before, this.judged.before),
      accuracyAfter: ratio(this.right.after, this.judged.after),
      rows: this.changed.entries(),
    };
  }

  private judge(when: 'before' | 'after', correct: boolean | null): void {
    if (correct === null) return;
    this.judged[when]++;
    if (correct) this.right[when]++;
  }
}
