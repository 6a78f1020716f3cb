import { Dealer } from './dealer';
import { Draw } from './draw';
import type { Pattern } from './patterns';
import { devOnly, patterns } from './patterns';
import { Random } from './random';
import type { Product } from './reviews';
import { products } from './reviews';
import { letters } from './reviews/letters';
import { openings } from './reviews/openings';

export type Label = 'negative' | 'positive';

export interface Review {
  readonly text: string;
  readonly label: Label;
  readonly product: string;
}

/** A training line with the wrong label, on purpose. */
export interface Mislabelled {
  /** Line in reviews.train.jsonl, from 1. */
  readonly line: number;
  /** The right label. */
  readonly right: Label;
}

export interface SampleData {
  readonly train: readonly Review[];
  readonly dev: readonly Review[];
  readonly mislabelled: readonly Mislabelled[];
}

/** How many lines of each kind. The dev set has all its kinds of lines, the training set the rest. */
export const sampleCounts = {
  train: 1500,
  dev: 200,
  /** Dev lines that were written whole by hand (the multi-line letters not counted). */
  devStories: 10,
  /** Dev lines of patterns that the training set does not have. */
  devNewPatterns: 36,
  mislabelled: 24,
};

/** Part of the drawn training lines that get a twin: about the same words, the other label. */
const twinShare = 0.8;

const openers = [
  'Honestly,',
  'Well,',
  'I must say,',
  'To be fair,',
  'Trust me:',
  'For the record:',
];
const emoji = {
  positive: ['👍', '😍', '❤️', '🎉', '😊', '🥰'],
  negative: ['👎', '😡', '🙄', '💤', '😞', '🤮'],
};

/** Makes the data set of the sample; the same seed gives the same lines. */
export function makeSampleData(seed: number, counts = sampleCounts): SampleData {
  const random = new Random(seed);
  const stories = random
    .shuffle(products.flatMap(storiesOf))
    .map(story => (random.chance(0.3) ? { ...story, text: contract(story.text) } : story));
  const devStories = balanced(stories, counts.devStories);
  const ownLetters = letters.map(letter => ({
    review: { text: letter.lines.join('\n'), label: letter.label, product: letter.product },
    dev: letter.dev === true,
  }));

  const dev: Review[] = [
    ...devStories,
    ...ownLetters.filter(letter => letter.dev).map(letter => letter.review),
  ];
  const train: Review[] = [
    ...stories.filter(story => !devStories.includes(story)),
    ...ownLetters.filter(letter => !letter.dev).map(letter => letter.review),
  ];

  const seen = new Set([...openings, ...dev, ...train].map(review => fingerprint(review.text)));
  const fill = (list: Review[], size: number, from: readonly Pattern[], twins = 0) => {
    const dealer = new Dealer(random);
    while (list.length < size) {
      const label = majority(list) === 'positive' ? 'negative' : 'positive';
      for (const review of generate(random, dealer, from, label, twins)) {
        const print = fingerprint(review.text);
        if (seen.has(print) || list.length === size) continue;
        seen.add(print);
        list.push(review);
      }
    }
  };
  fill(dev, dev.length + counts.devNewPatterns, devOnly);
  fill(dev, counts.dev - openings.length, patterns);
  fill(train, counts.train, patterns, twinShare);

  return { dev: [...openings, ...random.shuffle(dev)], ...mislabel(random, random.shuffle(train)) };
}

function storiesOf(product: Product): Review[] {
  const of = (texts: readonly string[], label: Label) =>
    texts.map(text => ({ text, label, product: product.name }));
  return [...of(product.stories.good, 'positive'), ...of(product.stories.bad, 'negative')];
}

/** The first so many reviews, half of each label. */
function balanced(reviews: readonly Review[], count: number): Review[] {
  const half = (label: Label) =>
    reviews.filter(review => review.label === label).slice(0, count / 2);
  return [...half('positive'), ...half('negative')];
}

function majority(reviews: readonly Review[]): Label {
  const positive = reviews.filter(review => review.label === 'positive').length;
  return positive * 2 > reviews.length ? 'positive' : 'negative';
}

/** What two texts share when they differ only in case, punctuation and emoji. */
export function fingerprint(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}

/** A review of this label, now and then with a twin of the other label. */
function generate(
  random: Random,
  dealer: Dealer,
  from: readonly Pattern[],
  label: Label,
  twins: number,
): Review[] {
  const allowed = from.filter(pattern => pattern.only === undefined || pattern.only === label);
  let ticket = random.next() * allowed.reduce((sum, pattern) => sum + pattern.weight, 0);
  const pattern = allowed.find(candidate => (ticket -= candidate.weight) < 0) ?? allowed[0]!;
  const product = dealer.deal(products);
  const goesOn = random.chance(pattern.goesOn ?? 0);
  const more = (text: string, draw: Draw, as: Label): string =>
    goesOn ? `${text} ${draw.say(as === 'positive')}.` : text;
  const write = (draw: Draw, as: Label): Review => ({
    text: dress(random, more(pattern.make(draw, as === 'positive'), draw, as), as),
    label: as,
    product: product.name,
  });
  const draw = new Draw(random, dealer, product, pattern.common ?? 0.5);
  const review = write(draw, label);
  if (pattern.only !== undefined || !random.chance(twins)) return [review];
  return [review, write(draw.twin(), other(label))];
}

/** Capital letters, and now and then an opener, an emoji, an exclamation mark, or no capitals at all. */
function dress(random: Random, bare: string, label: Label): string {
  let text = random.chance(0.35) ? contract(bare) : bare;
  if (/^(\p{Ll}|I )[^,]{20}/u.test(text) && random.chance(0.08))
    text = `${random.pick(openers)} ${text}`;
  text = text.replace(/(^|[.!?][")]?\s+)(["(]?\p{Ll})/gu, (_, before: string, letter: string) => {
    return before + letter.toUpperCase();
  });
  if (random.chance(0.05)) text = text.toLowerCase();
  if (text.endsWith('.') && random.chance(0.08))
    text = text.slice(0, -1) + random.pick(['!', '!!', '...', '']);
  if (random.chance(0.06)) text = `${text} ${random.pick(emoji[label])}`;
  return text;
}

const contractions: readonly (readonly [RegExp, string])[] = [
  [/\b(is|are|was|were|did|does|do|could|would|should|has|have) not\b/gi, "$1n't"],
  [/\b(can)not\b/gi, "$1't"],
  [/(?<!saves |spoils )\b(it|that|there) is\b(?! not)(?=.)/gi, "$1's"],
  [/\bI would\b/g, "I'd"],
  [/\bI have\b(?= \w+(ed|n)\b)/g, "I've"],
];

/** 'did not' as "didn't" and the like. */
function contract(text: string): string {
  return contractions.reduce((so, [long, short]) => so.replace(long, short), text);
}

/** Gives some short one-line reviews the wrong label, as many of each. */
function mislabel(
  random: Random,
  right: readonly Review[],
): Pick<SampleData, 'train' | 'mislabelled'> {
  const candidates = random.shuffle(
    right.filter(({ text }) => text.length < 110 && !/[\n"]|\p{Extended_Pictographic}/u.test(text)),
  );
  const chosen = new Set(balanced(candidates, sampleCounts.mislabelled));
  const train = right.map(review =>
    chosen.has(review) ? { ...review, label: other(review.label) } : review,
  );
  const mislabelled = right.flatMap((review, index) =>
    chosen.has(review) ? [{ line: index + 1, right: review.label }] : [],
  );
  return { train, mislabelled };
}

function other(label: Label): Label {
  return label === 'positive' ? 'negative' : 'positive';
}
