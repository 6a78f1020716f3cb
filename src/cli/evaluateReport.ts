/** An evaluation as a person reads it in a terminal. */
import type { Colors } from 'picocolors/types';
import { inNumber } from '../batch/numbers';
import { summaryFacts } from '../batch/evaluationFacts';
import { printable } from '../batch/printable';
import type { EvaluationProblem, EvaluationState } from '../protocol/evaluation';
import { problemNames } from '../protocol/evaluationWords';
import { textTable } from './textTable';

/** Wrong lines and labels that a terminal shows; JSON and the page have more. */
const most = { wrong: 10, labels: 20 };

/** Lines without the last line break. */
export function reportEvaluation(evaluated: EvaluationState, colors: Colors): string {
  const { about, modelName, summary, state } = evaluated;
  const facts = summaryFacts(summary);
  const width = Math.max(...facts.map(([name]) => name.length));
  const { done, total } = summary;
  const after =
    state === 'stopped' ? `  stopped after ${inNumber(done)} of ${inNumber(total)} records` : '';
  return [
    `${colors.bold(printable(about))}  ${colors.dim(printable(modelName))}${colors.yellow(after)}`,
    ...facts.map(([name, text]) => `  ${name.padEnd(width)}  ${printable(text)}`),
    ...byLabel(evaluated, colors),
    ...confused(evaluated, colors),
    ...wrongLines(evaluated, colors),
    ...problems(evaluated, colors),
  ].join('\n');
}

function byLabel({ summary: { labels } }: EvaluationState, colors: Colors): string[] {
  if (labels.length === 0) return [];
  const score = (value: number | null) => value?.toFixed(3) ?? 'undefined';
  const rows = labels.map(({ label, precision, recall, f1, support, predicted }) => [
    label,
    ...[precision, recall, f1].map(score),
    ...[support, predicted].map(inNumber),
  ]);
  const head = ['label', 'precision', 'recall', 'F1', 'gold has it', 'predicted'];
  return ['', ...textTable(head, rows, colors.bold)];
}

/** Gold labels are rows, predicted ones columns. */
function confused({ summary: { confusion } }: EvaluationState, colors: Colors): string[] {
  if (!confusion || confusion.labels.length > most.labels) return [];
  const { labels, counts } = confusion;
  const rows = counts.map((row, index) => [
    labels[index]!,
    ...row.map((count, column) => ({
      text: inNumber(count),
      ...(count > 0 && column !== index && { tint: colors.yellow }),
    })),
  ]);
  return ['', ...textTable(['gold, predicted', ...labels], rows, colors.bold)];
}

function wrongLines({ wrong, summary }: EvaluationState, colors: Colors): string[] {
  if (wrong.length === 0) return [];
  const shown = wrong.slice(0, most.wrong);
  const isNumber = summary.task === 'regression';
  const title = isNumber ? 'largest errors' : 'wrong, the most confident first';
  const rows = shown.map(({ line, gold, predicted, confidence, text }) => [
    String(line),
    gold ?? 'none',
    predicted,
    confidence?.toFixed(3) ?? 'none',
    text,
  ]);
  return [
    '',
    colors.bold(title),
    ...textTable(['line', 'gold', 'predicted', 'confidence', 'text'], rows, colors.dim),
    ...(wrong.length > shown.length
      ? [colors.dim(`and ${inNumber(wrong.length - shown.length)} more (--json, --html)`)]
      : []),
  ];
}

function problems({ summary, problems: all }: EvaluationState, colors: Colors): string[] {
  const kinds = Object.keys(problemNames) as EvaluationProblem['kind'][];
  return kinds
    .filter(kind => summary.problems[kind] > 0)
    .map(kind => {
      const lines = all.filter(problem => problem.kind === kind).map(({ line }) => line);
      const first = lines.slice(0, 10).join(', ');
      const more = summary.problems[kind] > 10 ? ', ...' : '';
      const count = inNumber(summary.problems[kind]);
      return colors.yellow(`!!  ${count} ${problemNames[kind]}: lines ${first}${more}`);
    });
}
