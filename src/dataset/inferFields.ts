/** Which fields hold the text, the second text and the label, when nobody says: by their names and their values. */
import { complaint, listNames } from './complaint';
import type { Field } from './field';
import { rankLabelNames, rankTextNames } from './fieldNames';
import type { LineSource } from './lineSource';
import { rankPairs, rankPartners } from './pairNames';
import { findTags, findWords, refuseOddTags } from './wordLists';

/** A number may be a text: a column of words can hold '1984'. */
export function isText(field: Field): boolean {
  return field.type === 'string' || field.type === 'number';
}

/** Whether a field is a label, or a list of labels. */
export function isLabel({ type, elements }: Field): boolean {
  return type === 'string' || type === 'number' || type === 'boolean' || elements !== null;
}

/**
 * The text: words with a tag each, else the first text of a pair, else a field with a usual name, else words without
 * tags, else the only field that holds text. `label` and `pair` are the fields that were set. Throws 'bad-input' when
 * none of these is there.
 */
export function inferText(
  source: LineSource,
  line: number,
  fields: readonly Field[],
  label: Field | null,
  pair: Field | null,
): Field {
  if (fields.length === 0) {
    throw complaint(source, line, 'the record has no fields. Choose a line with text.');
  }
  const others = fields.filter(field => field !== label && field !== pair);
  const words = findWords(others);
  if (words && (label ? sameLength(label, words) : findTags(others, words))) {
    return words;
  }
  const first = pair ? firstOf(others, pair) : firstOfPair(others);
  if (first) {
    return first;
  }
  const usual = rankTextNames(others.map(field => field.name)).map(index => others[index]!);
  const byName = usual.find(isText);
  if (byName) {
    return byName;
  }
  if (words) {
    refuseOddTags(source, line, others, words);
    return words;
  }
  const labels = label ? [] : rankLabelNames(others.map(field => field.name));
  const strings = others.filter((field, at) => field.type === 'string' && !labels.includes(at));
  const only = strings.length === 1 ? strings[0] : usual[0];
  if (only) {
    return only;
  }
  throw complaint(
    source,
    line,
    `it is not clear which field is the text. Name it in the setting glassbox.textField (and the label in glassbox.labelField); the fields are ${namesOf(fields)}.`,
  );
}

function sameLength(one: Field, other: Field): boolean {
  return one.elements !== null && one.elements.length === other.elements?.length;
}

function firstOf(fields: readonly Field[], pair: Field): Field | undefined {
  return fields.find(field => isText(field) && rankPartners(field.name, [pair.name]).length > 0);
}

function firstOfPair(fields: readonly Field[]): Field | undefined {
  const pairs = rankPairs(fields.map(({ name }) => name));
  const found = pairs.find(
    ({ first, second }) => isText(fields[first]!) && isFilled(fields[second]!),
  );
  return found && fields[found.first];
}

function isFilled(field: Field): boolean {
  return isText(field) && field.value.trim() !== '';
}

/** The second text beside `text`, or null: many datasets have an empty one where a task needs none. */
export function inferPair(fields: readonly Field[], text: Field): Field | null {
  const partners = rankPartners(
    text.name,
    fields.map(({ name }) => name),
  );
  return partners.map(index => fields[index]!).find(isFilled) ?? null;
}

/** The gold label, or the list of tags of a list of words; null where there is none. */
export function inferLabel(
  fields: readonly Field[],
  text: Field,
  pair: Field | null,
): Field | null {
  const words = findWords(fields);
  const tags = words && findTags(fields, words);
  if (text === words && tags) {
    return tags;
  }
  const others = fields.filter(field => field !== text && field !== pair && field !== tags);
  const usual = rankLabelNames(
    others.map(field => field.name),
    pair !== null,
  );
  return usual.map(index => others[index]!).find(isLabel) ?? null;
}

/** Values that can be a text or a label; a record of none but lists and objects is listed whole. */
export function namesOf(fields: readonly Field[]): string {
  const plain = fields.filter(field => field.type !== 'object');
  return listNames((plain.length > 0 ? plain : fields).map(field => field.name)) || 'none';
}
