/** The lines of a cell of the confusion matrix, with their texts as the dataset has them now. */
import { DatasetCache, recordAt } from '../../dataset';
import type { EvaluationCell } from '../../protocol/evaluation';
import { GlassboxError } from '../../protocol/messages';
import type { RunDataset } from '../runDataset';
import { beginningOf, type EvaluationFigures } from './figures';

export type CellSource = Pick<RunDataset, 'source' | 'format' | 'fields'>;

export function rowsOfCell(
  { confusion }: Pick<EvaluationFigures, 'confusion'>,
  source: CellSource,
  { gold, predicted }: { readonly gold: string; readonly predicted: string },
  limit: number,
): EvaluationCell {
  if (!confusion) return { gold, predicted, rows: [], total: 0 };
  const { records, total } = confusion.recordsOf(gold, predicted, limit);
  const cache = new DatasetCache();
  const rows = records.map(({ line, confidence }) => ({
    line,
    text: textAt(source, line, cache),
    gold,
    predicted,
    confidence,
    correct: gold === predicted,
  }));
  return { gold, predicted, rows, total };
}

/** '' where the line has gone or can no longer be read. */
function textAt({ source, format, fields }: CellSource, line: number, cache: DatasetCache): string {
  try {
    const { text, pair } = recordAt(source, format, line - 1, { ...fields, cache });
    return beginningOf({ text: text.value, pair: pair?.value });
  } catch (error) {
    if (!(error instanceof GlassboxError)) throw error;
    return '';
  }
}
