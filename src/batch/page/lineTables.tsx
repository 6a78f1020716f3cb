/** Lines of the dataset that a person should look at. */
import type {
  EvaluationProblem,
  EvaluationRow,
  EvaluationSummary,
} from '../../protocol/evaluation';
import { problemNames } from '../../protocol/evaluationWords';
import { inNumber } from '../numbers';
import { Data, Table, Value } from './parts';

/** @param total wrong lines; `rows` may be the first of them. */
export function WrongLines({
  rows,
  total,
}: {
  readonly rows: readonly EvaluationRow[];
  readonly total: number;
}) {
  if (rows.length === 0) return <p>None.</p>;
  const head = ['line', 'text', 'gold', 'predicted', 'confidence'];
  return (
    <>
      {rows.length < total && (
        <p>
          The first {inNumber(rows.length)} of {inNumber(total)}.
        </p>
      )}
      <Table head={head}>
        {rows.map(({ line, text, gold, predicted, confidence }) => (
          <tr>
            <td class="number">{line}</td>
            <td class="text">
              <Data text={text} />
            </td>
            <td>{gold === null ? 'none' : <Data text={gold} />}</td>
            <td>
              <Data text={predicted} />
            </td>
            <td class="number">
              {confidence === null ? (
                'none'
              ) : (
                <Value of={confidence} shown={confidence.toFixed(3)} />
              )}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

export function ProblemTable({
  problems,
  counts,
}: {
  readonly problems: readonly EvaluationProblem[];
  readonly counts: EvaluationSummary['problems'];
}) {
  const kinds = Object.keys(problemNames) as EvaluationProblem['kind'][];
  const said = kinds.filter(kind => counts[kind] > 0);
  return (
    <>
      <p>{said.map(kind => `${problemNames[kind]}: ${inNumber(counts[kind])}`).join('; ')}</p>
      <Table head={['line', 'what', 'says']}>
        {problems.map(({ kind, line, says }) => (
          <tr>
            <td class="number">{line}</td>
            <td>{problemNames[kind]}</td>
            <td class="text">
              <Data text={says} />
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}
