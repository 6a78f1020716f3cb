/**
 * Sentences of a CoNLL file: a word a line, its columns divided by tabs or by blanks, the word first and its tag last,
 * a blank line after each sentence.
 */
import { complaint } from './complaint';
import { findBlock, type Block } from './conllBlock';
import { makeField, type Field } from './field';
import type { LineSource } from './lineSource';
import { listField } from './listField';

export interface ConllRecord {
  readonly startLine: number;
  readonly endLine: number;
  /** The words, as a list without a name. */
  readonly words: Field;
  /** One a word; null in a file that has a column of words only. */
  readonly tags: readonly string[] | null;
}

interface Cell {
  readonly text: string;
  /** UTF-16, from the beginning of the line. */
  readonly character: number;
}

interface Row {
  readonly line: number;
  readonly cells: readonly Cell[];
}

/**
 * The sentence that a line belongs to. Throws GlassboxError 'bad-input' when the line is in none, and when its words do
 * not have the same number of columns.
 */
export function conllRecord(source: LineSource, line: number): ConllRecord {
  const block = findBlock(source, line);
  const rows = readRows(source, block, line);
  const columns = rows[0]!.cells.length;
  const odd = rows.find(({ cells }) => cells.length !== columns);
  if (odd) {
    throw complaint(
      source,
      odd.line,
      `there ${countColumns(odd.cells.length)} here, where the sentence begins with ${columns} on line ${rows[0]!.line + 1}. Write the word first and its tag last, divided by tabs or by blanks.`,
    );
  }
  const { line: first, cells } = rows[0]!;
  const words = listField('', { line: first, character: cells[0]!.character }, () =>
    rows.map(({ line, cells }) => wordField(line, cells[0]!)),
  );
  const tags = columns === 1 ? null : rows.map(({ cells }) => cells.at(-1)!.text);
  return { startLine: block.start, endLine: block.end, words, tags };
}

function wordField(line: number, { text, character }: Cell): Field {
  return makeField('', 'string', text, () => ({
    raw: text,
    start: { line, character },
    escapes: null,
  }));
}

/** The lines of a block that hold a word: at least one. */
function readRows(source: LineSource, { start, lines }: Block, line: number): Row[] {
  const rows = rowsIn(lines, start);
  if (rows.length === 0) {
    throw complaint(source, line, 'there are only comments here. Choose a line with a word.');
  }
  return rows;
}

/** Whether the lines between two blank ones hold more than comments. */
export function holdsWords(lines: readonly string[]): boolean {
  return rowsIn(lines, 0).length > 0;
}

function rowsIn(lines: readonly string[], start: number): Row[] {
  const first = lines.find(text => !startsLikeComment(text));
  const byTabs = (first ?? lines[0]!).includes('\t');
  const model = first === undefined ? null : cellsOf(first, byTabs);
  return lines
    .map((text, index) => ({ line: start + index, cells: cellsOf(text, byTabs), text }))
    .filter(({ text, cells }) => !startsLikeComment(text) || isWord(text, cells, model));
}

/** '# sent_id = 3', but also the word '#' with its tag. */
function startsLikeComment(text: string): boolean {
  return /^#(?:[ \t]|$)/.test(text);
}

/**
 * Whether a line that starts like a comment is the word '#'. It must look like a word that surely is one: in its columns,
 * and in its tag where tags have the form of B-PER.
 */
function isWord(text: string, cells: readonly Cell[], model: readonly Cell[] | null): boolean {
  if (/^#\s+(?:newdoc|newpar|[\w.:-]+\s*=)/.test(text)) return false;
  if (model === null) return cells.length === 1 || isTag(cells);
  return cells.length === model.length && (!isTag(model) || isTag(cells));
}

function isTag(cells: readonly Cell[]): boolean {
  return cells.length > 1 && /^(?:O|[BIESULM]-.+)$/.test(cells.at(-1)!.text);
}

function cellsOf(text: string, byTabs: boolean): Cell[] {
  // Words may hold blanks where tabs divide the columns.
  const cell = byTabs ? /[^\t ](?:[^\t]*[^\t ])?/g : /[^\t ]+/g;
  return [...text.matchAll(cell)].map(match => ({ text: match[0], character: match.index }));
}

function countColumns(count: number): string {
  return count === 1 ? 'is 1 column' : `are ${count} columns`;
}
