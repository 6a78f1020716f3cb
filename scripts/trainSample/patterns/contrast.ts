import type { Pattern } from './pattern';

/** Patterns in which one clause outweighs another of the other side; the label follows the weightier. */
export const contrast: readonly Pattern[] = [
  { name: 'but', weight: 16, make: (d, g) => `${d.clause(!g)}, but ${d.clause(g)}.` },
  {
    name: 'but, end',
    weight: 4,
    make: (d, g) => `${d.say(!g)}, but ${d.clause(g)}. ${d.end(g)}`,
  },
  { name: 'yet', weight: 2, make: (d, g) => `${d.clause(!g)}, yet ${d.clause(g)}.` },
  {
    name: 'although',
    weight: 7,
    make: (d, g) =>
      `${d.of('Although', 'Even though', 'While', 'Though')} ${d.clause(!g)}, ${d.clause(g)}.`,
  },
  {
    name: 'even if',
    weight: 3,
    make: (d, g) =>
      `${d.clause(g)}, ${d.of('even if', 'although', 'even though')} ${d.clause(!g)}.`,
  },
  {
    name: 'still',
    weight: 3,
    make: (d, g) =>
      `${d.of('I admit that', 'Granted,', 'Yes,', 'Sure,')} ${d.clause(!g)}. ${d.of('Still,', 'But', 'However,')} ${d.clause(g)}, and ${d.clause(g)}.`,
  },
  {
    name: 'saves it',
    weight: 3,
    make: (d, g) => `${d.say(!g)}. ${d.topic(`What ${g ? 'saves' : 'spoils'} it is`, g, ':')}.`,
  },
  {
    name: 'bad enough',
    weight: 2,
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
