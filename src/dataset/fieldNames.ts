import { isPairName } from './pairNames';

/** Names that text fields usually have, the likeliest first. */
const textNames = [
  'text',
  'sentence',
  'review',
  'content',
  'tweet',
  'body',
  'utterance',
  'comment',
  'message',
  'document',
  'passage',
  'sentence1',
  'text1',
  'text_a',
  'premise',
  'question',
  'question1',
  'query',
  'input',
  'post',
  'phrase',
  'headline',
  'summary',
  'description',
  'title',
];

/** Names that label fields usually have, the likeliest first. Ratings are no labels: 5 stars are not class 5. */
const labelNames = [
  'label',
  'labels',
  'sentiment',
  'target',
  'class',
  'category',
  'gold',
  'y',
  'polarity',
  'emotion',
  'intent',
  'topic',
];

/** Beside a pair a number is what is asked, no rating (STS-B); QQP has 'is_duplicate', MRPC 'Quality'. */
const pairLabelNames = [
  ...labelNames,
  'score',
  'similarity',
  'relatedness',
  'duplicate',
  'quality',
];

/** Indices of the fields whose names are usual for a text, the likeliest first. */
export function rankTextNames(names: readonly string[]): number[] {
  return rank(names, textNames);
}

/** Indices of the fields whose names are usual for a label, the likeliest first. */
export function rankLabelNames(names: readonly string[], ofPair = false): number[] {
  return rank(names, ofPair ? pairLabelNames : labelNames);
}

/** Whether a cell is exactly a usual name ('Text'), ends in one ('review_text'), or neither. */
export function usualName(cell: string): 'exact' | 'ending' | null {
  const name = cell.trim().toLowerCase();
  if (textNames.includes(name) || labelNames.includes(name) || isPairName(name)) {
    return 'exact';
  }
  const ending = lastWord(cell);
  return textNames.includes(ending) || labelNames.includes(ending) ? 'ending' : null;
}

/** Exact names before names that merely end in one: 'text' before 'review_text' before 'tweetText'. */
function rank(names: readonly string[], usual: readonly string[]): number[] {
  const places = names.map((name, index) => {
    const exact = usual.indexOf(name.trim().toLowerCase());
    const ending = usual.indexOf(lastWord(name));
    const place = exact >= 0 ? exact : ending >= 0 ? usual.length + ending : null;
    return { index, place };
  });
  return places
    .filter((entry): entry is { index: number; place: number } => entry.place !== null)
    .sort((a, b) => a.place - b.place || a.index - b.index)
    .map(entry => entry.index);
}

/** 'airline_sentiment', 'airlineSentiment', 'Airline Sentiment', 'data.sentiment' -> 'sentiment'. */
function lastWord(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u).filter(word => word !== '');
  return words.at(-1)?.toLowerCase() ?? '';
}
