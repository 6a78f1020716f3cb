/** The figures of an evaluation in words: names and what belongs to them. */
import type { EvaluationSummary } from '../protocol/evaluation';
import { inNumber, measured, percent } from './numbers';

/** What there is of accuracy, F1, calibration and errors of numbers. */
export function summaryFacts(summary: EvaluationSummary): [string, string][] {
  const { task, judged, right, accuracy, macroF1, microF1, calibration, numbers } = summary;
  const found: [string, string][] = [];
  // A number is not right or wrong.
  if (task === 'regression') found.push(['lines with a gold number', inNumber(judged)]);
  else if (accuracy === null)
    found.push(['accuracy', 'undefined: no line with a known gold label']);
  else {
    const of = `${inNumber(right)} of ${inNumber(judged)} lines with a known gold label`;
    found.push(['accuracy', `${percent(accuracy)} (${of})`]);
  }
  if (macroF1 !== null) found.push(['macro-F1', macroF1.toFixed(3)]);
  if (microF1 !== null) found.push(['micro-F1', microF1.toFixed(3)]);
  if (calibration) found.push(['expected calibration error', calibration.error.toFixed(3)]);
  const { answerF1 = null } = summary;
  if (answerF1 !== null) found.push(['F1 of the words of answers', answerF1.toFixed(3)]);
  if (numbers) {
    found.push(
      ['mean absolute error', measured(numbers.meanAbsoluteError)],
      ['root mean square error', measured(numbers.rootMeanSquareError)],
      ['Pearson correlation', numbers.pearson?.toFixed(3) ?? 'undefined'],
      ['Spearman correlation', numbers.spearman?.toFixed(3) ?? 'undefined'],
    );
  }
  return found;
}
