import { people, type Pattern } from './pattern';

/** Patterns that report a clause and deny it, or praise it with a straight face. */
export const reported: readonly Pattern[] = [
  {
    name: 'hearsay',
    weight: 2,
    make: (d, g) =>
      `I had heard that ${d.clause(!g)}. ${d.of('Not when we were there', 'Not for us', 'Nonsense')}: ${d.clause(g)}.`,
  },
  {
    name: 'cannot say',
    weight: 3,
    make: (d, g) =>
      g
        ? `${d.of('Nobody can say that', 'It is simply not true that')} ${d.clause(false)}. ${d.thing()} is ${d.adjective(true)}.`
        : `${d.of('I cannot say that', 'It is simply not true that', 'I wish I could say that')} ${d.clause(true)}. ${d.thing()} is ${d.adjective(false)}.`,
  },
  {
    name: 'quote',
    weight: 3,
    make: (d, g) =>
      d.of(
        `"It is ${d.adjective(g)}," said ${d.of(...people)}, and I agree: ${d.clause(g)}.`,
        `"It is ${d.adjective(!g)}," said ${d.of(...people)}. It is not. ${d.clause(g)}.`,
      ),
  },
  {
    name: 'irony',
    weight: 2,
    only: 'negative',
    make: d =>
      d.of(
        `If you enjoy ${d.pain()}, ${d.thing()} is for you.`,
        `Oh, ${d.of('wonderful', 'great', 'lovely', 'brilliant')}: ${d.clause(false)}, and ${d.clause(false)}.`,
        `It is like ${d.pain()}, only longer. ${d.clause(false)}.`,
      ),
  },
];
