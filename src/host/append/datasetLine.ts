/** A changed text as a line of a new dataset: in the fields of the dataset that it comes from, with where it comes from. */
import { version } from '../../../package.json';
import type { DatasetRecord, Field } from '../../dataset';
import type { AttackOptions, AttackResult, Change, TextRange } from '../../protocol';
import { GlassboxError } from '../../protocol';
import type { OtherText } from '../explain/otherText';
import type { FoundRecord } from '../records/readRecord';

/** Marks a line as one that Glassbox has made; a dataset that is begun by it has it on every line. */
export const provenanceKey = 'glassbox';

/** What has made the text of the line. */
export interface Maker {
  readonly attack: AttackResult['attack'] | 'rewrite';
  /** Null of a text that a person wrote. */
  readonly goal: string | null;
  /** The decision in words, of the original and of the new text. */
  readonly before: string;
  readonly after: string;
  readonly changes: readonly Change[] | null;
  readonly options: AttackOptions | null;
  readonly target: string | null;
  /** Step from 1, and how many there were; null of a text that a person wrote. */
  readonly step: { readonly number: number; readonly of: number } | null;
  /** Whether the model, asked about the final text alone, says the same; null where it was not checked. */
  readonly verified: boolean | null;
  readonly model: { readonly name: string; readonly hash: string };
}

export interface NewLine {
  readonly found: FoundRecord;
  readonly other: OtherText;
  readonly maker: Maker;
  /** The file that it comes from, as the line shall name it. */
  readonly file: string;
  readonly date: Date;
  /** Instead of the gold label; null: none is known. */
  readonly label?: string | null;
}

/**
 * One line of JSON without a line break. The text fields are called as in the dataset ('text' where they have no name there,
 * 'tokens' where the text is cut into words), and so is the label. Throws GlassboxError where a field is called as the provenance.
 */
export function datasetLine({ found, other, maker, file, date, label }: NewLine): string {
  const { record, info } = found;
  const line = nothing();
  put(line, nameOf(record.text, other.words ? 'tokens' : 'text'), writtenText(other, record.text));
  if (other.pair !== null) put(line, nameOf(record.pair, 'pair'), other.pair);
  const tags = tagsFor(record, other, maker.changes);
  if (record.words) put(line, nameOf(record.label, 'tags'), tags);
  else {
    const gold = label === undefined ? valueOf(record.label) : label;
    put(line, nameOf(record.label, 'label'), gold);
  }
  const { attack, goal, before, after, changes, options, target, step, verified, model } = maker;
  const { text, pair, gold } = info;
  line[provenanceKey] = {
    version,
    attack,
    goal,
    from: { file, line: info.line },
    original: { text, ...(pair && { pair: pair.text }) },
    label: { before, after, gold },
    changes,
    options,
    target,
    seed: options?.seed ?? null,
    step,
    verified_from_text: verified,
    model_name: model.name,
    model_hash: model.hash,
    date: date.toISOString(),
  };
  return JSON.stringify(line);
}

type Names = Record<string, unknown>;

/** An object whose fields may have any name, also '__proto__'. */
function nothing(): Names {
  return Object.create(null) as Names;
}

/** `outer.inner` is a field of a nested object, as the dataset reader has it. */
function put(line: Names, name: string, value: unknown): void {
  const path = name.split('.');
  if (path[0] === provenanceKey) {
    throw new GlassboxError(
      'bad-input',
      `The field "${name}" cannot be written to a new dataset: Glassbox keeps there where a line comes from. Rename the field in the dataset.`,
    );
  }
  const last = path.pop()!;
  const inner = path.reduce<Names>((outer, part) => (outer[part] ??= nothing()) as Names, line);
  inner[last] = value;
}

function nameOf(field: Field | null, usual: string): string {
  return field === null || field.name === '' ? usual : field.name;
}

function writtenText({ text, words }: OtherText, { elements }: Field): string | string[] {
  return words && elements !== null ? words.map(word => sliceOf(text, word)) : text;
}

function sliceOf(text: string, { start, end }: TextRange): string {
  return text.slice(start, end);
}

/** A tag for each word, where each is still the word that it was or stands in its place; null otherwise. */
function tagsFor(
  { words }: DatasetRecord,
  other: OtherText,
  changes: readonly Change[] | null,
): (string | null)[] | null {
  const inPlace = changes?.every(({ edit }) => edit === 'replace' || edit === 'characters');
  if (!words || inPlace !== true || words.length !== other.words?.length) return null;
  const tags = words.map(({ tag }) => tag);
  return tags.every(tag => tag === null) ? null : tags;
}

/** As the dataset has it: a number stays a number. */
function valueOf(field: Field | null): unknown {
  if (!field) return null;
  const { type, value, elements } = field;
  if (type === 'list') return elements?.map(valueOf) ?? null;
  return type === 'string' ? value : (JSON.parse(value) as unknown);
}
