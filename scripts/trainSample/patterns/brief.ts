import type { Pattern } from './pattern';

/** Short reviews; their twins differ in a "not" or a single word. */
export const brief: readonly Pattern[] = [
  {
    name: 'with or without not',
    weight: 12,
    make: (d, g) => {
      const praise = d.of('praise', 'blame') === 'praise';
      const turn = g
        ? d.of('not ', 'not ', 'never ', 'not at all ', 'anything but ')
        : d.of('not ', 'not ', 'not ', 'not at all ', 'anything but ');
      return `${d.thing()} is ${praise === g ? '' : turn}${d.adjective(praise)}.`;
    },
  },
  {
    name: 'clause with or without not',
    weight: 9,
    make: (d, g) => {
      const praise = d.of('praise', 'blame') === 'praise';
      return `${d.being(praise, praise !== g)}.`;
    },
  },
  { name: 'clause', weight: 4, make: (d, g) => `${d.clause(g)}.` },
  {
    name: 'words',
    weight: 5,
    make: (d, g) =>
      d.of(
        `${d.adjective(g)}.`,
        `not ${d.adjective(!g)}.`,
        `not ${d.adjective(!g)} at all.`,
        `not ${d.adjective(!g)}, just ${d.adjective(g)}.`,
        `${d.adjective(g)}, not ${d.adjective(!g)}.`,
      ),
  },
];
