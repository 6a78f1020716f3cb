/** Counts of an attack on many records, and what follows from them. */
import type { AttackSummary, AttackTableRow } from '../protocol/attackTable';

/** A row, and what the table does not show. */
export interface CountedRow {
  readonly row: AttackTableRow;
  /** Whether the prediction before the attack was gold; null where that cannot be said. */
  readonly correct: boolean | null;
  /** Null of an error. */
  readonly verified: boolean | null;
}

/** Takes rows one by one, so that a summary after each costs nothing. */
export class SummaryCount {
  private done = 0;
  private succeeded = 0;
  private failed = 0;
  private skipped = 0;
  private errors = 0;
  private queries = 0;
  private changed = 0;
  private shares = 0;
  private judged = 0;
  private rightBefore = 0;
  private rightAfter = 0;

  /** @param total records, those that are still to come included. */
  constructor(private readonly total: number) {}

  add({ row, correct }: CountedRow): void {
    this.done++;
    if (row.outcome === 'error') {
      this.errors++;
      return;
    }
    if (row.outcome === 'skipped') this.skipped++;
    else {
      this.queries += row.queries;
      if (row.success) {
        this.succeeded++;
        this.changed += row.wordsChanged;
        this.shares += row.words === 0 ? 0 : row.wordsChanged / row.words;
      } else this.failed++;
    }
    if (correct === null) return;
    this.judged++;
    if (correct) this.rightBefore++;
    if (rightAfter(row, correct)) this.rightAfter++;
  }

  /**
   * Success rate and mean queries are over what was tried (succeeded + failed), changes over what succeeded, accuracies
   * over the rows of which it is known whether the prediction was gold, skipped ones included.
   */
  summary(): AttackSummary {
    const { total, done, succeeded, failed, skipped, errors, judged } = this;
    const tried = succeeded + failed;
    return {
      total,
      done,
      succeeded,
      failed,
      skipped,
      errors,
      successRate: ratio(succeeded, tried),
      meanShareChanged: ratio(this.shares, succeeded),
      meanWordsChanged: ratio(this.changed, succeeded),
      meanQueries: ratio(this.queries, tried),
      accuracyBefore: ratio(this.rightBefore, judged),
      accuracyAfter: ratio(this.rightAfter, judged),
    };
  }
}

export function summarise(rows: readonly CountedRow[], total: number): AttackSummary {
  const count = new SummaryCount(total);
  for (const row of rows) count.add(row);
  return count.summary();
}

/** A decision that did not change is as right as it was; one that did is right when it became the gold one. */
function rightAfter({ before, after, gold }: AttackTableRow, correct: boolean): boolean {
  return after === before ? correct : after === gold;
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
