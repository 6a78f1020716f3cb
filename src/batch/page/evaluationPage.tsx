/** What a model says of a file, as a page. */
import type { EvaluationState, EvaluationSummary } from '../../protocol/evaluation';
import { inNumber, measured, percent } from '../numbers';
import { CalibrationPlot, CalibrationTable } from './calibrationPlot';
import { ConfidenceHistogram } from './confidenceHistogram';
import { ConfusionMatrix, LabelTable } from './labelTables';
import { ProblemTable, WrongLines } from './lineTables';
import { pageText } from './page';
import { Data, Facts, Section } from './parts';

/** The text of an HTML file. Everything in the state is data. */
export function evaluationPage(evaluated: EvaluationState): string {
  const { about, summary, wrong, problems } = evaluated;
  const { labels, confusion, calibration } = summary;
  return pageText({
    title: `Evaluated: ${about}`,
    children: (
      <>
        <h1>
          Evaluated: <Data text={about} />
        </h1>
        <State evaluated={evaluated} />
        <Facts facts={facts(evaluated)} />
        {labels.length > 0 && (
          <Section title="By label">
            <LabelTable labels={labels} />
          </Section>
        )}
        {confusion && (
          <Section title="Confusion matrix">
            <ConfusionMatrix confusion={confusion} />
          </Section>
        )}
        {calibration && (
          <Section title="Calibration and confidence">
            <div class="plots">
              <CalibrationPlot bins={calibration.bins} />
              <ConfidenceHistogram bins={calibration.bins} />
            </div>
            <CalibrationTable bins={calibration.bins} />
          </Section>
        )}
        <Section title="Wrong lines, the most confident first">
          <WrongLines rows={wrong} total={summary.judged - summary.right} />
        </Section>
        {problems.length > 0 && (
          <Section title="Problems">
            <ProblemTable problems={problems} counts={summary.problems} />
          </Section>
        )}
      </>
    ),
  });
}

function State({ evaluated: { state, summary } }: { readonly evaluated: EvaluationState }) {
  if (state === 'done') return null;
  const says = state === 'stopped' ? 'Stopped' : 'Still running';
  return (
    <p class="notice">
      {says} after {inNumber(summary.done)} of {inNumber(summary.total)} lines: the numbers are of
      these.
    </p>
  );
}

function facts({ modelName, summary }: EvaluationState): [string, string][] {
  return [
    ['model', modelName],
    ['task', summary.task],
    ['lines', `${inNumber(summary.done)} of ${inNumber(summary.total)}`],
    ...scores(summary),
  ];
}

/** What there is of accuracy, F1, calibration and errors of numbers. */
function scores(summary: EvaluationSummary): [string, string][] {
  const { judged, right, accuracy, macroF1, microF1, calibration, numbers } = summary;
  const found: [string, string][] = [];
  if (accuracy === null) found.push(['accuracy', 'undefined: no line with a known gold label']);
  else {
    const of = `${inNumber(right)} of ${inNumber(judged)} lines with a known gold label`;
    found.push(['accuracy', `${percent(accuracy)} (${of})`]);
  }
  if (macroF1 !== null) found.push(['macro-F1', macroF1.toFixed(3)]);
  if (microF1 !== null) found.push(['micro-F1', microF1.toFixed(3)]);
  if (calibration) found.push(['expected calibration error', calibration.error.toFixed(3)]);
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
