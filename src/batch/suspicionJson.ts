/** Suspicious labels as JSON and as CSV: what the command line prints, what Copy as JSON copies, what is saved. */
import { stringify } from 'csv-stringify/sync';
import {
  suspicionNames,
  suspicionOptionsRead,
  type SuspicionResult,
  type SuspiciousRow,
} from '../protocol/influence';
import {
  methodJson,
  rowJson,
  trainingJson,
  type MethodJson,
  type TrainInstanceJson,
  type TrainingJson,
} from './influenceJson';

export interface SuspiciousJson extends TrainInstanceJson {
  /** From 1, the most suspicious first. */
  readonly rank: number;
  readonly reason: string;
}

export interface SuspicionJson extends TrainingJson {
  /** Ranked, the most suspicious first. */
  readonly lines: readonly SuspiciousJson[];
  readonly method: MethodJson;
  readonly says: string;
  readonly score_says: string;
  /** Lines on which label and prediction disagree. */
  readonly disagreeing: number;
}

export function suspicionJson(result: SuspicionResult): SuspicionJson {
  const { method, options } = result;
  return {
    lines: result.rows.map(suspiciousJson),
    method: methodJson(method, suspicionNames[method], options, suspicionOptionsRead[method]),
    says: result.says,
    score_says: result.scoreSays,
    disagreeing: result.disagreeing,
    ...trainingJson(result),
  };
}

function suspiciousJson(row: SuspiciousRow): SuspiciousJson {
  return { rank: row.rank, ...rowJson(row), reason: row.reason };
}

const columns = [
  ...['rank', 'line', 'text', 'pair', 'label', 'predicted', 'probability', 'loss', 'score'],
  'reason',
] as const;

/** A table as CSV (RFC 4180, UTF-8, lines end in '\n'); texts as they are, always in quotes. */
export function suspicionCsv({ rows }: SuspicionResult): string {
  const cells = rows.map(row => [
    ...[row.rank, row.line, row.text, row.pair, row.label, row.predicted, row.probability],
    ...[row.loss, row.score, row.reason],
  ]);
  return stringify([columns]) + stringify(cells, { quoted_string: true });
}
