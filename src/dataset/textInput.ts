import type { TextInput } from '../protocol/task';
import { goldOf } from './gold';
import type { DatasetRecord } from './recordAt';

/**
 * A record as the engine is asked about it.
 * @param focusLine line of the file (from 0) that was pointed at: the word on it is asked about first.
 * @param focusCharacter UTF-16 character in it; needed where several words stand on the line.
 */
export function textInput(
  record: DatasetRecord,
  focusLine?: number,
  focusCharacter?: number,
): TextInput {
  const { text, pair, words } = record;
  const gold = goldOf(record);
  const focusWord = wordAt(record, focusLine, focusCharacter);
  return {
    text: text.value,
    ...(pair && { pair: pair.value }),
    ...(words && { words: words.map(({ start, end }) => ({ start, end })) }),
    ...(gold && { gold }),
    ...(focusWord !== null && { focusWord }),
  };
}

/** The word that stands alone on a line, else the one that holds the character; null for none. */
function wordAt(
  { text, words }: DatasetRecord,
  line: number | undefined,
  character: number | undefined,
): number | null {
  if (!words || line === undefined) return null;
  const there = [...words.keys()].filter(
    index => text.positionOf(words[index]!.start).line === line,
  );
  if (there.length <= 1) return there[0] ?? null;
  const offset = character === undefined ? null : text.offsetAt(line, character);
  if (offset === null) return null;
  return there.find(index => words[index]!.start <= offset && offset <= words[index]!.end) ?? null;
}
