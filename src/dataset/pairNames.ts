/** Names that the two texts of a pair usually have. */

/** First name -> names of its second text, the likeliest first; without case, blanks and signs. */
const partners = new Map<string, readonly string[]>([
  ['premise', ['hypothesis']],
  ['sentence1', ['sentence2']],
  ['sentencea', ['sentenceb']],
  ['sent1', ['sent2']],
  ['text1', ['text2']],
  ['texta', ['textb']],
  ['question1', ['question2']],
  ['s1', ['s2']],
  ['1string', ['2string']],
  ['question', ['context', 'sentence', 'passage', 'paragraph', 'document']],
  ['query', ['passage', 'document', 'context', 'paragraph']],
  ['claim', ['evidence']],
  ['text', ['textpair']],
]);

const all = new Set([...partners].flatMap(([first, seconds]) => [first, ...seconds]));

/** Whether a name is usual for one of two texts. */
export function isPairName(name: string): boolean {
  return all.has(plain(name));
}

/** Indices of the fields whose names make a pair, the likeliest pair first. */
export function rankPairs(names: readonly string[]): { first: number; second: number }[] {
  return [...partners.keys()].flatMap(usual =>
    names.flatMap((name, first) =>
      plain(ownName(name)) === usual
        ? rankPartners(name, names).map(second => ({ first, second }))
        : [],
    ),
  );
}

/** Indices of the fields that are usually the second text beside the field `first`, the likeliest first. */
export function rankPartners(first: string, names: readonly string[]): number[] {
  const outer = outerOf(first);
  return (partners.get(plain(ownName(first))) ?? []).flatMap(usual =>
    names.flatMap((name, index) =>
      outerOf(name) === outer && plain(ownName(name)) === usual ? [index] : [],
    ),
  );
}

/** 'Sentence 1', 'sentence_1' -> 'sentence1'. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

/** Fields of a nested object make a pair with each other: 'data.premise', 'data.hypothesis'. */
function outerOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.') + 1);
}

function ownName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
