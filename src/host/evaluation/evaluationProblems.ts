/** What an evaluation has found, as entries of the Problems view: what is wrong with lines, and, where that is wanted, wrong predictions. */
import * as vscode from 'vscode';
import type { EvaluationProblem, EvaluationRow, EvaluationState } from '../../protocol';
import { workRow, type WorkLines } from '../lines/workLines';
import type { RecordProblem } from '../problems/recordProblems';

/** Predictions that are wrong come after what makes them meaningless. */
export function problemsOf(
  { wrong, problems, inProblems }: EvaluationState,
  lines: WorkLines,
): readonly RecordProblem[] {
  return [
    ...problems.map(problem => problemOf(problem, lines)),
    // Of a regression the lines with the largest errors stand in this list, and none of them is wrong.
    ...(inProblems ? wrong.filter(({ correct }) => correct === false) : []).map(row =>
      wrongOf(row, lines),
    ),
  ];
}

const { Error, Warning, Information } = vscode.DiagnosticSeverity;

const kinds: Readonly<Record<EvaluationProblem['kind'], Pick<RecordProblem, 'severity' | 'at'>>> = {
  unreadable: { severity: Error, at: 'line' },
  failed: { severity: Error, at: 'line' },
  empty: { severity: Warning, at: 'line' },
  'unknown-label': { severity: Warning, at: 'label' },
  truncated: { severity: Information, at: 'text' },
};

function problemOf({ kind, line, says }: EvaluationProblem, lines: WorkLines): RecordProblem {
  const { severity, at } = kinds[kind];
  const raw = lines.source?.line(line - 1) ?? null;
  return { row: workRow(lines, line), severity, message: says, code: kind, at, raw };
}

function wrongOf(
  { line, gold, predicted, confidence }: EvaluationRow,
  lines: WorkLines,
): RecordProblem {
  const how =
    confidence === null
      ? vscode.l10n.t('Predicted {0}, gold is {1}.', predicted, gold ?? '')
      : vscode.l10n.t(
          'Predicted {0} with {1} %, gold is {2}.',
          predicted,
          (100 * confidence).toFixed(1),
          gold ?? '',
        );
  return {
    row: workRow(lines, line),
    severity: Warning,
    message: how,
    code: 'wrong-prediction',
    at: 'label',
  };
}
