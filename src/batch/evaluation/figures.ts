/** The figures of an evaluation, line by line: nothing grows with the file but some bytes a line. */
import { typesOf } from '../../interpret/task/entities';
import type {
  EvaluationProblem,
  EvaluationRow,
  EvaluationSummary,
} from '../../protocol/evaluation';
import type { ModelInfo } from '../../protocol/explanation';
import { Strongest } from '../strongest';
import { Calibration } from './calibration';
import { Confusion } from './confusion';
import type { EvaluatedLine, EvaluationLine } from './evaluatedLine';
import { LabelCounts, ratio } from './labelCounts';
import { NumberErrors } from './numberErrors';

/** Wrong lines, and lines with problems, that are kept to be shown. */
export const mostRows = 1000;
/** Characters of a text that a row shows. */
const shownCharacters = 200;

export class EvaluationFigures {
  readonly problems: EvaluationProblem[] = [];
  readonly confusion: Confusion | null;
  private readonly labels: LabelCounts | null;
  private readonly calibration = new Calibration();
  private readonly numbers = new NumberErrors();
  private readonly wrongRows = new Strongest<EvaluationRow>(mostRows);
  private readonly counts = {
    unreadable: 0,
    empty: 0,
    'unknown-label': 0,
    truncated: 0,
    failed: 0,
  };
  private done = 0;
  private judged = 0;
  private right = 0;
  private answers = 0;

  /** @param total records, those that are still to come included. */
  constructor(
    private readonly model: Pick<ModelInfo, 'task' | 'labels'>,
    private readonly total: number,
  ) {
    const { task, labels } = model;
    const single = task === 'text-classification' || task === 'binary-classification';
    this.confusion = single ? new Confusion(labels) : null;
    if (task === 'token-classification') this.labels = new LabelCounts(typesOf(labels));
    else if (single || task === 'multi-label-classification') this.labels = new LabelCounts(labels);
    else this.labels = null;
  }

  add(line: EvaluationLine): void {
    this.done++;
    const { line: number } = line.record;
    if ('problem' in line) {
      this.tell({ kind: line.problem, line: number, says: line.says });
      return;
    }
    if (line.unknown_label !== null) {
      this.tell({ kind: 'unknown-label', line: number, says: line.unknown_label });
    }
    if (line.unread > 0) {
      this.tell({ kind: 'truncated', line: number, says: unreadSays(line) });
    }
    if (this.model.task === 'regression') this.addNumbers(line);
    else this.addDecision(line);
  }

  /** `final`: what is costly is exact, too. */
  summary(final: boolean): EvaluationSummary {
    const { task } = this.model;
    const { judged, right } = this;
    const scores = this.labels?.scores() ?? { labels: [], macroF1: null, microF1: null };
    const noGold = judged === 0;
    return {
      task,
      total: this.total,
      done: this.done,
      judged,
      right,
      accuracy: task === 'regression' ? null : ratio(right, judged),
      macroF1: noGold ? null : scores.macroF1,
      microF1: noGold ? null : scores.microF1,
      labels: scores.labels,
      confusion: this.confusion && !noGold ? this.confusion.matrix() : null,
      calibration: this.calibration.summary(),
      numbers: this.numbers.summary(final),
      ...(task === 'question-answering' && { answerF1: ratio(this.answers, judged) }),
      problems: { ...this.counts },
    };
  }

  wrong(): EvaluationRow[] {
    return this.wrongRows.entries();
  }

  private addNumbers(line: EvaluatedLine): void {
    const { gold_values: gold, predicted_values: predicted } = line;
    if (!gold || !predicted) return;
    this.judged++;
    this.numbers.add(gold, predicted);
    const error = gold.reduce((sum, value, i) => sum + Math.abs(value - predicted[i]!), 0);
    this.wrongRows.add(error, line.record.line, () => rowOf(line));
  }

  private addDecision(line: EvaluatedLine): void {
    const { gold, predicted, confidence, correct, entities } = line;
    if (correct === null || gold === null) return;
    this.judged++;
    if (correct) this.right++;
    else this.wrongRows.add(confidence ?? -1, line.record.line, () => rowOf(line));
    this.answers += line.token_f1 ?? 0;
    if (entities) {
      this.addEntities(entities);
      return;
    }
    this.labels?.add(line.gold_labels ?? [gold], line.predicted_labels ?? [predicted]);
    this.confusion?.add(line.record.line, gold, predicted, confidence);
    if (confidence !== null) this.calibration.add(confidence, correct);
  }

  /** An entity is right where its words and its type are those of a gold one (strict, as of CoNLL-2003). */
  private addEntities(entities: NonNullable<EvaluatedLine['entities']>): void {
    for (const { type, status, probability } of entities) {
      const [gold, predicted] = [status !== 'predicted', status !== 'missed'];
      this.labels?.addOne(type, { gold, predicted });
      if (predicted) this.calibration.add(probability, gold);
    }
  }

  private tell(problem: EvaluationProblem): void {
    this.counts[problem.kind]++;
    if (this.problems.length < mostRows) this.problems.push(problem);
  }
}

function unreadSays({ unread, windows }: EvaluatedLine): string {
  const tokens = unread === 1 ? '1 token was' : `${unread.toLocaleString('en')} tokens were`;
  const where = windows === 1 ? '' : ` in its ${windows} windows`;
  return `The text is longer than what the model reads${where}: ${tokens} left out of the prediction.`;
}

function rowOf(line: EvaluatedLine): EvaluationRow {
  const { record, text, pair, gold, predicted, confidence, correct } = line;
  return {
    line: record.line,
    text: beginningOf({ text, pair }),
    gold,
    predicted,
    confidence,
    correct,
  };
}

/** Of a pair both, one below the other. */
export function beginningOf({
  text,
  pair,
}: {
  readonly text: string;
  readonly pair?: string | undefined;
}): string {
  const whole = pair === undefined ? text : `${text}\n${pair}`;
  if (whole.length <= shownCharacters) return whole;
  // A copy: a part of a string keeps the whole of it in memory.
  return Buffer.from(`${whole.slice(0, shownCharacters - 1)}\u2026`).toString();
}
