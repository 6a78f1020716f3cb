/** A dataset's tags in the scheme that a model was trained on: BIO (IOB2), IOB1, IO, BIOES or BIOUL, whichever the dataset has. */
import { entitiesOf, isOutside, parse, tagsFor, typesOf, type TagSpan } from './entities';
import { plainTags } from './tagging';

/**
 * The tags as labels of the model. They stay as they are where the model has them all, for then it was trained on them, except where
 * another scheme shows: no ends in a sentence for a model that marks them (BIOES, BIOUL), and only I where entities begin for one
 * that begins each with B (IOB1). `unknown`: the first tag that the model has no label for.
 */
export function inSchemeOf(
  labels: readonly string[],
  tags: readonly string[],
): { readonly tags: readonly string[] } | { readonly unknown: string } {
  const plain = plainTags(labels);
  const spans = entitiesOf(tags, plain);
  const missing = tags.find(tag => !labels.includes(tag));
  if (missing === undefined && !isOtherScheme(labels, tags, spans)) return { tags };
  if (missing !== undefined && plain === 'single') return { unknown: missing };
  const none = labels.find(isOutside);
  const found = tags.map(() => none);
  for (const { start, end, type } of spans) {
    const own = typesOf(labels).includes(type) ? tagsFor(type, end - start, labels) : null;
    if (!own) return { unknown: tags[start]! };
    own.forEach((tag, i) => (found[start + i] = tag));
  }
  const lost = found.findIndex(tag => tag === undefined);
  return lost < 0 ? { tags: found as string[] } : { unknown: tags[lost]! };
}

function isOtherScheme(
  labels: readonly string[],
  tags: readonly string[],
  spans: readonly TagSpan[],
): boolean {
  const placeOf = (word: number): string => parse(tags[word]!).place;
  if (spans.length === 0 || placeOf(spans[0]!.start) === '') return false;
  const places = labels.map(label => parse(label));
  if (places.some(({ place }) => place === 'E' || place === 'S')) {
    return tags.every(tag => !['E', 'S'].includes(parse(tag).place));
  }
  const begun = new Set(places.filter(({ place }) => place === 'B').map(({ type }) => type));
  const beginsAll = typesOf(labels).every(type => begun.has(type));
  // IOB1 writes B only where an entity follows another of its type at once.
  const free = spans.filter(
    ({ start, type }, i) => spans[i - 1]?.end !== start || spans[i - 1]!.type !== type,
  );
  return beginsAll && free.length > 0 && free.every(({ start }) => placeOf(start) === 'I');
}
