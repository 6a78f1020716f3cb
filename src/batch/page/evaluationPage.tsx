/** What a model says of a file, as a page. */
import type { EvaluationState } from '../../protocol/evaluation';
import { summaryFacts } from '../evaluationFacts';
import { inNumber } from '../numbers';
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
        {summary.task === 'regression' ? (
          <Section title="Lines with the largest errors">
            <WrongLines rows={wrong} total={wrong.length} />
          </Section>
        ) : (
          <Section title="Wrong lines, the most confident first">
            <WrongLines rows={wrong} total={summary.judged - summary.right} />
          </Section>
        )}
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
    ...summaryFacts(summary),
  ];
}
