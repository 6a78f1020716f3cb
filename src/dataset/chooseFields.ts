import { complaint, listNames, quoteName } from './complaint';
import type { Field, FieldType } from './field';
import { rankLabelNames, rankTextNames } from './fieldNames';
import type { LineSource } from './lineSource';

/** Names of the fields that the user set; unset means: infer. */
export interface FieldOptions {
  readonly textField?: string | undefined;
  readonly labelField?: string | undefined;
}

const inWords: Readonly<Record<FieldType, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  object: 'an object',
  list: 'a list',
};

/**
 * Which field is the text and which the gold label: as set, otherwise by usual names, otherwise the only field that
 * holds text. A line that is a text without a name (plain text, a bare JSON string) is the text whatever is set. No label
 * is no error. Throws 'bad-input' when the text cannot be inferred, when a field that was set
 * is missing or of the wrong type, and when the text is empty.
 */
export function chooseFields(
  source: LineSource,
  line: number,
  fields: readonly Field[],
  options: FieldOptions,
): { text: Field; label: Field | null } {
  const nameless = fields.length === 1 && fields[0]!.name === '' ? fields[0] : undefined;
  const set =
    options.labelField && !nameless
      ? find(source, line, fields, options.labelField, 'label')
      : null;
  const text =
    nameless ??
    (options.textField
      ? find(source, line, fields, options.textField, 'text')
      : inferText(source, line, fields, set));
  if (!isText(text)) {
    const found = inWords[text.type];
    throw complaint(
      source,
      line,
      `the text field ${quoteName(text.name)} is ${found}, not text. Name another field in the setting glassbox.textField; the fields are ${namesOf(fields)}.`,
    );
  }
  if (text.value.trim() === '') {
    const which = text.name === '' ? 'the text' : `the text field ${quoteName(text.name)}`;
    throw complaint(source, line, `${which} is empty. Choose a line with text.`);
  }
  const label = set ?? inferLabel(fields, text);
  if (label && !isLabel(label) && label.type !== 'null') {
    throw complaint(
      source,
      line,
      `the label field ${quoteName(label.name)} is ${inWords[label.type]}, not one label. Name another field in the setting glassbox.labelField; the fields are ${namesOf(fields)}.`,
    );
  }
  return { text, label: label && label.type !== 'null' && label.value !== '' ? label : null };
}

/** A number may be a text: a column of words can hold '1984'. */
function isText(field: Field): boolean {
  return field.type === 'string' || field.type === 'number';
}

function isLabel(field: Field): boolean {
  return field.type === 'string' || field.type === 'number' || field.type === 'boolean';
}

function find(
  source: LineSource,
  line: number,
  fields: readonly Field[],
  name: string,
  role: 'text' | 'label',
): Field {
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

function inferText(
  source: LineSource,
  line: number,
  fields: readonly Field[],
  label: Field | null,
): Field {
  if (fields.length === 0) {
    throw complaint(source, line, 'the record has no fields. Choose a line with text.');
  }
  const others = fields.filter(field => field !== label);
  const usual = rankTextNames(others.map(field => field.name)).map(index => others[index]!);
  const byName = usual.find(isText);
  if (byName) {
    return byName;
  }
  const labels = label ? [] : rankLabelNames(others.map(field => field.name));
  const strings = others.filter((field, at) => field.type === 'string' && !labels.includes(at));
  if (strings.length === 1) {
    return strings[0]!;
  }
  if (usual.length > 0) {
    return usual[0]!;
  }
  throw complaint(
    source,
    line,
    `it is not clear which field is the text. Name it in the setting glassbox.textField (and the label in glassbox.labelField); the fields are ${namesOf(fields)}.`,
  );
}

function inferLabel(fields: readonly Field[], text: Field): Field | null {
  const others = fields.filter(field => field !== text);
  const usual = rankLabelNames(others.map(field => field.name)).map(index => others[index]!);
  return usual.find(isLabel) ?? null;
}

/** Values that can be a text or a label; a record of none but lists and objects is listed whole. */
function namesOf(fields: readonly Field[]): string {
  const plain = fields.filter(field => field.type !== 'object');
  return listNames((plain.length > 0 ? plain : fields).map(field => field.name)) || 'none';
}
