import { complaint, EmptyText, quoteName } from './complaint';
import type { Field, FieldType } from './field';
import { inferLabel, inferPair, inferText, isLabel, isText, namesOf } from './inferFields';
import type { LineSource } from './lineSource';
import { refuseOddTags } from './wordLists';

/** Names of the fields that the user set; unset or '': infer. */
export interface FieldOptions {
  readonly textField?: string | undefined;
  /** `noField`: a single text. */
  readonly pairField?: string | undefined;
  /** `noField`: no gold label. */
  readonly labelField?: string | undefined;
}

/** Instead of a name: there is no such field, and none is to be inferred. */
export const noField = '(none)';

/** An empty setting is as good as none. */
export function isSet(name: string | undefined): name is string {
  return name !== undefined && name !== '';
}

/** Names of fields that were set. */
export function namesIn({ textField, pairField, labelField }: FieldOptions): string[] {
  return [textField, pairField, labelField].filter(isSet).filter(name => name !== noField);
}

export interface ChosenFields {
  readonly text: Field;
  readonly pair: Field | null;
  /** A label, a list of labels, or a list with a tag for each value of the list `text`. */
  readonly label: Field | null;
}

type Role = 'text' | 'pair' | 'label';

const inWords: Readonly<Record<FieldType, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  object: 'an object',
  list: 'a list',
};

/**
 * Which fields are the text, the second text of a pair and the gold label: as set, otherwise as inferFields.ts finds them. A
 * line that is a text without a name (plain text, a bare JSON string, a CoNLL sentence) is the text whatever is set. No pair and
 * no label are no errors. Throws 'bad-input' when the text cannot be inferred, when a field that was set is missing or
 * of the wrong type, when the text is empty, and when words and tags differ in number.
 */
export function chooseFields(
  source: LineSource,
  line: number,
  fields: readonly Field[],
  options: FieldOptions,
): ChosenFields {
  const record = { source, line, fields };
  const nameless = fields.length === 1 && fields[0]!.name === '' ? fields[0] : undefined;
  if (nameless) {
    return { text: checkedText(record, nameless, 'text'), pair: null, label: null };
  }
  const setLabel = find(record, options.labelField, 'label');
  const setPair = find(record, options.pairField, 'pair');
  const text = checkedText(
    record,
    find(record, options.textField, 'text') ?? inferText(source, line, fields, setLabel, setPair),
    'text',
  );
  const pair = choosePair(record, text, setPair, options.pairField);
  if (options.labelField === noField) {
    return { text, pair, label: null };
  }
  const label = setLabel ?? inferLabel(fields, text, pair);
  return { text, pair, label: label && checkedLabel(record, label, text) };
}

interface RecordAtHand {
  readonly source: LineSource;
  readonly line: number;
  readonly fields: readonly Field[];
}

function choosePair(
  record: RecordAtHand,
  text: Field,
  set: Field | null,
  name: string | undefined,
): Field | null {
  if (name === noField || text.type === 'list') return null;
  if (set === null) return inferPair(record.fields, text);
  if (set === text) {
    throw complaint(
      record.source,
      record.line,
      `${quoteName(set.name)} cannot be both texts of a pair. Name another field in the setting glassbox.pairField; the fields are ${namesOf(record.fields)}.`,
    );
  }
  // Datasets that mix tasks leave it empty where there is one text only.
  return set.type === 'null' || set.value === '' ? null : checkedText(record, set, 'pair');
}

/** The field, which must be text or a list of words, and not blank. */
function checkedText(
  { source, line, fields }: RecordAtHand,
  field: Field,
  role: 'text' | 'pair',
): Field {
  const called = role === 'text' ? 'text' : 'second text';
  if (!isText(field) && (role === 'pair' || field.elements === null)) {
    throw complaint(
      source,
      line,
      `the ${called} field ${quoteName(field.name)} is ${inWords[field.type]}, not text. Name another field in the setting glassbox.${role}Field; the fields are ${namesOf(fields)}.`,
    );
  }
  if (field.value.trim() === '') {
    const which = field.name === '' ? 'the text' : `the ${called} field ${quoteName(field.name)}`;
    const { code, message } = complaint(
      source,
      line,
      `${which} is empty. Choose a line with text.`,
    );
    throw new EmptyText(code, message);
  }
  return field;
}

function checkedLabel(record: RecordAtHand, label: Field, text: Field): Field | null {
  const { source, line, fields } = record;
  if (label.type === 'null' || (isLabel(label) && label.type !== 'list' && label.value === '')) {
    return null;
  }
  if (!isLabel(label)) {
    throw complaint(
      source,
      line,
      `the label field ${quoteName(label.name)} is ${inWords[label.type]}, not a label. Name another field in the setting glassbox.labelField; the fields are ${namesOf(fields)}.`,
    );
  }
  if (text.type === 'list') {
    refuseOddTags(source, line, fields, text, label);
  }
  return label;
}

/** The field with a name that was set; null when none was. */
function find(
  { source, line, fields }: RecordAtHand,
  name: string | undefined,
  role: Role,
): Field | null {
  if (name === undefined || name === '' || (name === noField && role !== 'text')) {
    return null;
  }
  const found =
    fields.find(field => field.name === name) ??
    fields.find(field => field.name.toLowerCase() === name.toLowerCase());
  if (found) {
    return found;
  }
  throw complaint(
    source,
    line,
    `there is no field ${quoteName(name)}; the fields are ${namesOf(fields)}. Correct the setting glassbox.${role}Field.`,
  );
}
