/** Records that cannot be used, by reason. */
import type { TrainingProblem } from '../../../protocol/influence';

/** Lines that are listed of each reason. */
const listed = 1000;
/** Reasons that are told apart, for a file may have as many as lines. */
const mostReasons = 100;
const otherReasons = 'there are other reasons';

export class Problems {
  private readonly reasons = new Map<string, { count: number; lines: number[] }>();

  /** `line` from 0; `says` without a full stop. */
  add(line: number, says: string): void {
    const key = this.reasons.has(says) || this.reasons.size < mostReasons ? says : otherReasons;
    const reason = this.reasons.get(key) ?? { count: 0, lines: [] };
    reason.count++;
    if (reason.lines.length < listed) reason.lines.push(line + 1);
    this.reasons.set(key, reason);
  }

  /** The commonest first; what is only counted comes last, for it names no reason. */
  list(): TrainingProblem[] {
    const found = [...this.reasons].map(([says, { count, lines }]) => ({ says, count, lines }));
    const unnamed = ({ says }: TrainingProblem): number => Number(says === otherReasons);
    return found.sort((a, b) => unnamed(a) - unnamed(b) || b.count - a.count);
  }
}
