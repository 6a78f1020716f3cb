/**
 * Entities from tags and tags for entities, in the schemes that datasets and models use: BIO (IOB2), IOB1, IO,
 * BIOES and BIOUL (BILOU). Reading is as forgiving as seqeval's default: an I that follows nothing begins an entity.
 */

/** Words from `start` to before `end`. */
export interface TagSpan {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

export interface Tag {
  /** B, I, E (or L), S (or U); '' where the tag has no such letter. */
  readonly place: 'B' | 'I' | 'E' | 'S' | '';
  readonly type: string;
}

const outside = new Set(['O', '_', '-', '']);

/** True for the tag of words that belong to no entity. */
export function isOutside(tag: string): boolean {
  return outside.has(tag);
}

const places: Readonly<Record<string, Tag['place']>> = {
  B: 'B',
  I: 'I',
  M: 'I',
  E: 'E',
  L: 'E',
  S: 'S',
  U: 'S',
};

/** 'B-PER', 'PER-B' is not known; 'PER' is a type without a place. */
export function parse(tag: string): Tag {
  const [, letter, type] = /^([BIMELSU])[-_](.+)$/.exec(tag) ?? [];
  return letter === undefined || type === undefined
    ? { place: '', type: tag }
    : { place: places[letter]!, type };
}

/** True where the tags say with a letter whether a word begins, continues or ends an entity. */
export function hasPlaces(tags: readonly string[]): boolean {
  return tags.some(tag => parse(tag).place !== '');
}

/**
 * The entities of a sentence, in order. `plain`: how tags without a letter are read: 'joined', equal neighbours are
 * one entity (IO); 'single', each word is one of its own (parts of speech).
 */
export function entitiesOf(tags: readonly string[], plain: 'joined' | 'single'): TagSpan[] {
  const spans: TagSpan[] = [];
  let open: { start: number; type: string } | null = null;
  const close = (end: number): void => {
    if (open) spans.push({ ...open, end });
    open = null;
  };
  tags.forEach((tag, word) => {
    if (isOutside(tag)) {
      close(word);
      return;
    }
    const { place, type } = parse(tag);
    const begins = place === 'B' || place === 'S' || (place === '' && plain === 'single');
    if (begins || open?.type !== type) {
      close(word);
      open = { start: word, type };
    }
    if (place === 'E' || place === 'S') close(word + 1);
  });
  close(tags.length);
  return spans.sort((a, b) => a.start - b.start);
}

/**
 * The tags that a model with `labels` uses for an entity of `length` words: 'PER' -> ['B-PER', 'I-PER'].
 * 'O', and any label of the model, stand for themselves. Null where the model has no tag for the type.
 */
export function tagsFor(type: string, length: number, labels: readonly string[]): string[] | null {
  if (labels.includes(type)) return Array.from({ length }, () => type);
  if (isOutside(type)) {
    const none = labels.find(isOutside);
    return none === undefined ? null : Array.from({ length }, () => none);
  }
  const known = (...letters: string[]): string | undefined =>
    letters
      .flatMap(letter => [`${letter}-${type}`, `${letter}_${type}`])
      .find(tag => labels.includes(tag));
  const inside = known('I', 'M');
  const begin = known('B') ?? inside;
  if (begin === undefined) return null;
  if (length === 1) return [known('S', 'U') ?? begin];
  const middle = inside ?? begin;
  return [begin, ...Array.from({ length: length - 2 }, () => middle), known('E', 'L') ?? middle];
}

/** The types that a model can give, in the order of its labels. */
export function typesOf(labels: readonly string[]): string[] {
  return [...new Set(labels.filter(label => !isOutside(label)).map(label => parse(label).type))];
}
