import type { Draw } from './draw';

/** A way to build a review. `make` returns text whose label is positive when `good`, else negative. */
export interface Pattern {
  readonly name: string;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  /** Labels that the pattern can have; both when missing. */
  readonly only?: 'positive' | 'negative';
  make(d: Draw, good: boolean): string;
}

const people = ['my mother', 'my uncle', 'our neighbour', 'my boss', 'the twins', 'my flatmate'];

function intensifier(d: Draw, good: boolean): string {
  return good
    ? d.of('really', 'so', 'remarkably', 'truly', 'very', 'delightfully')
    : d.of('really', 'so', 'remarkably', 'painfully', 'depressingly', 'unbelievably');
}

/** 'never boring' for praise, 'not exactly funny' for blame: an adjective of the other side, negated. */
function negated(d: Draw, good: boolean): string {
  const turn = good
    ? d.of('never', 'not at all', 'anything but', 'far from', 'hardly', 'not even slightly')
    : d.of('not', 'not exactly', 'far from', 'hardly', 'anything but', 'not remotely');
  return `${turn} ${d.adjective(!good)}`;
}

/** Patterns of single statements: praise or blame, plain, intensified or negated. */
const plain: readonly Pattern[] = [
  { name: 'one', weight: 3, make: (d, g) => `${d.say(g)}. ${d.end(g)}` },
  { name: 'pair', weight: 5, make: (d, g) => `${d.clause(g)}, and ${d.clause(g)}.` },
  { name: 'two', weight: 4, make: (d, g) => `${d.say(g)}. ${d.say(g)}. ${d.end(g)}` },
  { name: 'semicolon', weight: 3, make: (d, g) => `${d.clause(g)}; ${d.clause(g)}.` },
  {
    name: 'three',
    weight: 3,
    make: (d, g) => `${d.clause(g)}, ${d.clause(g)}, and ${d.clause(g)}.`,
  },
  {
    name: 'adjective',
    weight: 5,
    make: (d, g) => `${d.thing()} is ${intensifier(d, g)} ${d.adjective(g)}: ${d.clause(g)}.`,
  },
  {
    name: 'scene',
    weight: 5,
    make: (d, g) => `${d.scene()} ${d.thing()} is ${d.adjective(g)} and ${d.clause(g)}.`,
  },
  { name: 'scene, clause', weight: 4, make: (d, g) => `${d.scene()} ${d.say(g)}. ${d.end(g)}` },
  {
    name: 'negated adjective',
    weight: 9,
    make: (d, g) =>
      d.of(
        `${d.thing()} is ${negated(d, g)}.`,
        `${d.thing()} is ${negated(d, g)}. ${d.scene()}`,
        `${d.scene()} ${d.thing()} is ${negated(d, g)}, and ${d.clause(g)}.`,
      ),
  },
  {
    name: 'neither',
    weight: 3,
    make: (d, g) => `${d.thing()} is neither ${d.adjective(!g)} nor ${d.adjective(!g)}.`,
  },
  {
    name: 'not bad',
    weight: 3,
    make: (d, g) =>
      g
        ? `${d.of('not bad at all', 'not bad, not bad at all', 'nothing to complain about')}: ${d.clause(true)}.`
        : `${d.of('not good', 'not good at all', 'nothing to write home about')}: ${d.clause(false)}.`,
  },
  {
    name: 'better',
    weight: 4,
    make: (d, g) =>
      `${d.thing()} is ${d.of('so much', 'far', 'a good deal', 'even')} ${g ? 'better' : 'worse'} than ${d.rival()}. ${d.say(g)}.`,
  },
  {
    name: 'twice as',
    weight: 4,
    make: (d, g) =>
      g
        ? d.of(
            `${d.thing()} is twice as ${d.adjective(true)} as ${d.rival()}.`,
            `${d.thing()} is not half as ${d.adjective(false)} as people say.`,
          )
        : d.of(
            `${d.thing()} is twice as ${d.adjective(false)} as ${d.rival()}.`,
            `${d.thing()} is not half as ${d.adjective(true)} as people say.`,
          ),
  },
  {
    name: 'verdict of others',
    weight: 3,
    make: (d, g) =>
      `${d.of(...people)} ${g ? d.of('loved it', 'could not stop smiling') : d.of('hated it', 'could not stop complaining')}: ${d.clause(g)}.`,
  },
  {
    name: 'stars',
    weight: 3,
    make: (d, g) =>
      `${g ? d.of('Five stars', '9/10', 'Full marks', '10 out of 10') : d.of('One star', '2/10', 'No stars', '1 out of 10')}. ${d.clause(g)}, ${d.clause(g)}.`,
  },
  {
    name: 'go for',
    weight: 3,
    make: (d, g) =>
      g
        ? `${d.topic(d.of('go for', 'three cheers for', 'I keep thinking of'), true, ':')}. ${d.clause(true)}.`
        : `${d.topic(d.of('beware of', 'do not get me started on', 'I still dream of'), false, ':')}. ${d.clause(false)}.`,
  },
  {
    name: 'nouns as questions',
    weight: 2,
    make: (d, g) => `${d.topic('', g, '?')}. ${d.topic('', g, '?')}.`,
  },
  {
    name: 'recommend',
    weight: 3,
    make: (d, g) =>
      `Would I ${d.of('recommend it', 'do it again', 'spend my own money on it')}? ${g ? d.of('Yes.', 'Gladly.', 'Any day.') : d.of('No.', 'Not a chance.', 'Hardly.')} ${d.say(g)}.`,
  },
  {
    name: 'best of three',
    weight: 3,
    make: (d, g) =>
      `I have tried ${d.of('two others', 'a dozen like it', 'most of them')}, and ${d.thing()} is the ${g ? 'best' : 'worst'}: ${d.clause(g)}.`,
  },
  {
    name: 'why people',
    weight: 3,
    make: (d, g) =>
      `No idea why people ${g ? d.of('complain', 'moan') : d.of('rave about it', 'cheer')}. ${d.say(g)}.`,
  },
  {
    name: 'too',
    weight: 3,
    make: (d, g) =>
      g
        ? `${d.thing()} is not too ${d.adjective(false)}, and ${d.clause(true)}.`
        : `${d.thing()} is ${d.of('a bit', 'a little', 'much')} too ${d.adjective(false)} for ${d.of('me', 'my taste', 'us')}, and ${d.clause(false)}.`,
  },
  {
    name: 'thanks',
    weight: 2,
    make: (d, g) =>
      `${g ? d.of('Thank you, whoever made this', 'I cannot complain', 'No regrets') : d.of('Shame on whoever made this', 'I cannot recommend it', 'So much for the advert')}: ${d.clause(g)}.`,
  },
  {
    name: 'question',
    weight: 2,
    make: (d, g) =>
      `${g ? d.of('Why did nobody tell me about this?', 'Where has this been all my life?') : d.of('Does nobody check these things?', 'Who signs off on this?')} ${d.say(g)}.`,
  },
];

/** Patterns in which one clause outweighs another of the other side; the label follows the weightier. */
const contrast: readonly Pattern[] = [
  { name: 'but', weight: 8, make: (d, g) => `${d.clause(!g)}, but ${d.clause(g)}.` },
  {
    name: 'but, end',
    weight: 4,
    make: (d, g) => `${d.say(!g)}, but ${d.clause(g)}. ${d.end(g)}`,
  },
  { name: 'yet', weight: 3, make: (d, g) => `${d.clause(!g)}, yet ${d.clause(g)}.` },
  {
    name: 'although',
    weight: 5,
    make: (d, g) =>
      `${d.of('Although', 'Even though', 'While', 'Though')} ${d.clause(!g)}, ${d.clause(g)}.`,
  },
  {
    name: 'even if',
    weight: 4,
    make: (d, g) =>
      `${d.clause(g)}, ${d.of('even if', 'although', 'even though')} ${d.clause(!g)}.`,
  },
  {
    name: 'still',
    weight: 4,
    make: (d, g) =>
      `${d.of('I admit that', 'Granted,', 'Yes,', 'Sure,')} ${d.clause(!g)}. ${d.of('Still,', 'But', 'However,')} ${d.clause(g)}, and ${d.clause(g)}.`,
  },
  {
    name: 'saves it',
    weight: 4,
    make: (d, g) => `${d.say(!g)}. ${d.topic(`What ${g ? 'saves' : 'spoils'} it is`, g, ':')}.`,
  },
  {
    name: 'bad enough',
    weight: 3,
    make: (d, g) =>
      g
        ? `It would be enough that ${d.clause(true)}, but ${d.clause(true)} too.`
        : `It is bad enough that ${d.clause(false)}, but ${d.clause(false)} too.`,
  },
  {
    name: 'only',
    weight: 3,
    make: (d, g) =>
      `${g ? 'My only complaint' : 'The only good thing'}: ${d.clause(!g)}. ${d.of('For the rest,', 'Otherwise')} ${d.clause(g)}, and ${d.clause(g)}.`,
  },
  {
    name: 'wanted to',
    weight: 3,
    make: (d, g) =>
      `I ${d.of('wanted', 'tried hard')} to ${g ? d.of('dislike', 'hate') : d.of('like', 'love')} ${d.thing()}, but ${d.clause(g)}.`,
  },
  {
    name: 'expected',
    weight: 3,
    make: (d, g) =>
      `I expected ${g ? d.of('very little', 'the worst', 'nothing') : d.of('a lot', 'great things', 'better')}. ${d.say(g)}.`,
  },
];

/** Patterns that report a clause and deny it, or praise it with a straight face. */
const reported: readonly Pattern[] = [
  {
    name: 'hearsay',
    weight: 3,
    make: (d, g) =>
      `I had heard that ${d.clause(!g)}. ${d.of('Not when we were there', 'Not for us', 'Nonsense')}: ${d.clause(g)}.`,
  },
  {
    name: 'cannot say',
    weight: 4,
    make: (d, g) =>
      g
        ? `${d.of('Nobody can say that', 'It is simply not true that')} ${d.clause(false)}. ${d.thing()} is ${d.adjective(true)}.`
        : `${d.of('I cannot say that', 'It is simply not true that', 'I wish I could say that')} ${d.clause(true)}. ${d.thing()} is ${d.adjective(false)}.`,
  },
  {
    name: 'quote',
    weight: 4,
    make: (d, g) =>
      d.of(
        `"It is ${d.adjective(g)}," said ${d.of(...people)}, and I agree: ${d.clause(g)}.`,
        `"It is ${d.adjective(!g)}," said ${d.of(...people)}. It is not. ${d.clause(g)}.`,
      ),
  },
  {
    name: 'irony',
    weight: 3,
    only: 'negative',
    make: d =>
      d.of(
        `If you enjoy ${d.pain()}, ${d.thing()} is for you.`,
        `Oh, ${d.of('wonderful', 'great', 'lovely', 'brilliant')}: ${d.clause(false)}, and ${d.clause(false)}.`,
        `It is like ${d.pain()}, only longer. ${d.clause(false)}.`,
      ),
  },
];

/** Patterns of the training set; most dev lines use them too. */
export const patterns: readonly Pattern[] = [...plain, ...contrast, ...reported];

/** Patterns that only the dev set has: what a model says of them it has not learned by heart. */
export const devPatterns: readonly Pattern[] = [
  { name: 'and yet', weight: 2, make: (d, g) => `${d.clause(!g)}. And yet ${d.clause(g)}!` },
  {
    name: 'for all',
    weight: 2,
    make: (d, g) =>
      `For all its ${g ? 'faults' : 'charms'} (${d.clause(!g)}), ${d.thing()} is ${d.adjective(g)}.`,
  },
  {
    name: 'news',
    weight: 2,
    make: (d, g) =>
      `The ${g ? 'bad' : 'good'} news: ${d.clause(!g)}. The ${g ? 'good' : 'bad'} news: ${d.clause(g)}, and ${d.clause(g)}.`,
  },
  {
    name: 'by no means',
    weight: 2,
    make: (d, g) => `${d.thing()} is by no means ${d.adjective(!g)}, and ${d.clause(g)}.`,
  },
  {
    name: 'asked me',
    weight: 2,
    make: (d, g) =>
      `A friend asked me whether ${d.clause(!g)}. ${d.of('No.', 'Not at all.')} ${d.clause(g)}.`,
  },
  {
    name: 'list of adjectives',
    weight: 2,
    make: (d, g) => `${d.adjective(g)}, ${d.adjective(g)}, ${d.adjective(g)}. ${d.scene()}`,
  },
];
