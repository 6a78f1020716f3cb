/** What an evaluation came to, in a few numbers; what is undefined says why. */
import type { EvaluationSummary, TaskKind } from '../../src/protocol';
import type { Figure } from '../figures';
import { formatCount, formatProbability, formatRate, formatScore, formatValue } from '../numbers';

/** What "right" means for a whole line, where it is more than one label. */
const rightWords: Partial<Readonly<Record<TaskKind, string>>> = {
  'multi-label-classification': 'with exactly the gold labels',
  'token-classification': 'with every entity right',
  'question-answering': 'exactly a gold answer',
};

const labelled: ReadonlySet<TaskKind> = new Set([
  'text-classification',
  'binary-classification',
  'multi-label-classification',
  'token-classification',
]);
/** A line has several decisions: their sum is another thing than accuracy. */
const manyAtOnce: ReadonlySet<TaskKind> = new Set([
  'multi-label-classification',
  'token-classification',
]);

export function evaluationFigures(summary: EvaluationSummary): Figure[] {
  const { task, done, total, judged, right, accuracy, macroF1, microF1 } = summary;
  const { calibration, numbers, answerF1 } = summary;
  const unjudged =
    done === 0 ? 'no line is done yet' : 'no line has a gold label that the model knows';
  const figures: Figure[] = [];
  if (task === 'regression') {
    figures.push(...numberFigures(numbers, unjudged));
  } else {
    const how = rightWords[task];
    const rightNote = `${formatCount(right)} of ${formatCount(judged)}${how ? ` ${how}` : ''}`;
    figures.push(figureOf('Accuracy', accuracy, formatRate, rightNote, unjudged));
    const what = task === 'token-classification' ? 'types of entities' : 'labels';
    if (labelled.has(task))
      figures.push(
        figureOf('Macro-F1', macroF1, formatProbability, `mean over the ${what}`, unjudged),
      );
    if (manyAtOnce.has(task))
      figures.push(
        figureOf('Micro-F1', microF1, formatProbability, `all ${what} together`, unjudged),
      );
    if (answerF1 !== undefined)
      figures.push(
        figureOf(
          'Answer F1',
          answerF1,
          formatProbability,
          'words shared with a gold answer',
          unjudged,
        ),
      );
    figures.push(
      figureOf(
        'Calibration error',
        calibration?.error ?? null,
        formatProbability,
        'expected (ECE): confidence against share right',
        judged === 0 ? unjudged : 'decisions have no probability',
      ),
    );
  }
  const problems = Object.values(summary.problems).reduce((sum, count) => sum + count, 0);
  return [
    ...figures,
    { name: 'Lines done', value: formatCount(done), note: `of ${formatCount(total)}` },
    { name: 'Problems', value: formatCount(problems), note: 'listed below by kind' },
  ];
}

function figureOf(
  name: string,
  value: number | null,
  format: (value: number) => string,
  note: string,
  reason: string,
): Figure {
  const isThere = value !== null && Number.isFinite(value);
  return { name, value: isThere ? format(value) : null, note: isThere ? note : reason };
}

function numberFigures(numbers: EvaluationSummary['numbers'], reason: string): Figure[] {
  const correlation = numbers === null ? reason : 'all gold or all predicted numbers are equal';
  const signed = (value: number) => formatScore(value, true);
  return [
    figureOf(
      'Mean absolute error',
      numbers?.meanAbsoluteError ?? null,
      formatValue,
      'in units of the labels',
      reason,
    ),
    figureOf(
      'Root mean square error',
      numbers?.rootMeanSquareError ?? null,
      formatValue,
      'in units of the labels',
      reason,
    ),
    figureOf('Pearson', numbers?.pearson ?? null, signed, 'correlation with gold', correlation),
    figureOf(
      'Spearman',
      numbers?.spearman ?? null,
      signed,
      'rank correlation with gold',
      correlation,
    ),
  ];
}
