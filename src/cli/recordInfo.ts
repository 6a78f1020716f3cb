/** Where a text came from, as answers say it. */
import path from 'node:path';
import { goldInWords, type DatasetRecord } from '../dataset';
import type { RecordInfo } from '../protocol/panelStates';

export function recordInfo(file: string, record: DatasetRecord): RecordInfo {
  const { startLine, text, pair, words } = record;
  return {
    file: path.basename(file),
    line: startLine + 1,
    field: text.name,
    text: text.value,
    pair: pair && { field: pair.name, text: pair.value },
    words,
    gold: goldInWords(record),
  };
}
