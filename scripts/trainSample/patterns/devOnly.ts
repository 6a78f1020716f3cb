import { negated, type Pattern } from './pattern';

/** Patterns that only the dev set has: what a model says of them it has not learned by heart. */
export const devOnly: readonly Pattern[] = [
  { name: 'but, new sentence', weight: 2, make: (d, g) => `${d.clause(!g)}. But ${d.clause(g)}!` },
  {
    name: 'three adjectives',
    weight: 2,
    make: (d, g) => `${d.adjective(g)}, ${d.adjective(g)}, ${d.adjective(g)}. ${d.scene()}`,
  },
  {
    name: 'although, but both',
    weight: 2,
    make: (d, g) => `although ${d.clause(!g)}, ${d.clause(g)}, and ${d.clause(g)}. ${d.end(g)}`,
  },
  {
    name: 'negated, then end',
    weight: 2,
    make: (d, g) => `${d.clause(g)}, and ${d.thing()} is ${negated(d, g)}. ${d.end(g)}`,
  },
  {
    name: 'stars at the end',
    weight: 2,
    make: (d, g) => `${d.clause(g)}; ${d.clause(g)}. ${g ? 'Five stars!' : 'One star!'}`,
  },
];
