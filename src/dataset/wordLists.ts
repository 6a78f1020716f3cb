/** Texts that a dataset has cut into words: a list of words, and a list with a tag for each. */
import { complaint, quoteName } from './complaint';
import type { Field } from './field';
import type { LineSource } from './lineSource';

const wordNames = ['tokens', 'words'];
/** The likeliest first. */
const tagNames = ['ner_tags', 'ner', 'tags', 'labels', 'label'];

/** The list of words among the fields, by its name; null where there is none. */
export function findWords(fields: readonly Field[]): Field | null {
  return byName(fields, wordNames)[0] ?? null;
}

/** The list with a tag for each word, by its name and length; null where there is none. */
export function findTags(fields: readonly Field[], words: Field): Field | null {
  const count = words.elements?.length;
  return byName(fields, tagNames).find(({ elements }) => elements?.length === count) ?? null;
}

/**
 * Throws when there is a list of tags that does not have one for each word.
 * @param tags the list that should have them; by default the one that goes by its name.
 */
export function refuseOddTags(
  source: LineSource,
  line: number,
  fields: readonly Field[],
  words: Field,
  tags: Field | undefined = byName(fields, tagNames)[0],
): void {
  const count = words.elements?.length ?? 0;
  if (tags?.elements && tags.elements.length !== count) {
    throw complaint(
      source,
      line,
      `${quoteName(words.name)} has ${count} words, ${quoteName(tags.name)} has ${tags.elements.length} tags. Give one tag for each word.`,
    );
  }
}

/** Lists of plain values with one of these names, in the order of the names. */
function byName(fields: readonly Field[], names: readonly string[]): Field[] {
  return names.flatMap(usual =>
    fields.filter(
      ({ name, type, elements }) =>
        type === 'list' && name.toLowerCase().split('.').at(-1) === usual && elements !== null,
    ),
  );
}
