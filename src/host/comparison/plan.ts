/** What a comparison consists of: its rows, and how each of them is asked for. */
import type {
  CallOptions,
  ComparisonKind,
  ComparisonRow,
  Explanation,
  LineMeasures,
  MethodDescription,
  PanelChoices,
} from '../../protocol';
import type { FoundRecord } from '../records/readRecord';
import { agreementOf } from './agreement';

/** A row's map, and what is needed to show it as an explanation of its own. */
export interface RowAnswer {
  readonly explanation: Explanation;
  readonly measures: LineMeasures | null;
  /** Those that were asked with. */
  readonly choices: PanelChoices;
  /** Of the row's model. */
  readonly methods: readonly MethodDescription[];
}

export interface RowPlan extends Pick<ComparisonRow, 'key' | 'title' | 'family'> {
  /** Why it waits until a person asks for it; null: it does not. */
  readonly costs: string | null;
  /** Throws GlassboxError. */
  readonly ask: (calling: CallOptions) => Promise<RowAnswer>;
}

export interface ComparisonPlan {
  readonly kind: ComparisonKind;
  readonly found: FoundRecord;
  /** What is explained in every row; null: as the first row that is done says. */
  readonly about: string | null;
  readonly rows: readonly RowPlan[];
}

/** A row as the panel is told it. */
export function rowOf({ key, title, family, costs }: RowPlan): ComparisonRow {
  const blank = { explanation: null, measures: null, agreement: null };
  const state = costs === null ? 'waiting' : 'asked';
  return { key, title, family, state, says: costs ?? '', ...blank };
}

/** The rows with their agreement with the first of them. */
export function withAgreement(rows: readonly ComparisonRow[]): ComparisonRow[] {
  const first = rows[0]?.explanation ?? null;
  return rows.map(row => ({
    ...row,
    agreement: first && row.explanation && agreementOf(row.explanation, first),
  }));
}
