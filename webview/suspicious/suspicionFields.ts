/** The options of a ranking by suspicion as fields of a form, and a line about each method. */
import type { SuspicionMethodName, SuspicionOptions } from '../../src/protocol';
import { suspicionMethods, suspicionOptionsRead } from '../../src/protocol';
import type { OptionRule } from '../training/optionRules';
import { whole } from '../training/optionRules';

export const suspicionAbout: Readonly<Record<SuspicionMethodName, string>> = {
  head: 'How much each line holds up its own prediction in the layers after the encoder: exact, one pass over the file.',
  ekfac:
    'The same for the linear layers of the last blocks, approximately: several passes over the file.',
  loss: 'The loss of each line, largest first: the baseline that the others have to beat.',
};

const readers = (name: keyof SuspicionOptions) =>
  suspicionMethods.filter(method => suspicionOptionsRead[method].includes(name));

/** In the order in which they are offered. */
export const suspicionRules: readonly OptionRule<SuspicionMethodName>[] = [
  {
    name: 'k',
    title: 'Lines listed (0: all)',
    shape: whole(0, 1e9),
    common: true,
    methods: suspicionMethods,
  },
  {
    name: 'damping',
    title: 'Damping',
    shape: {
      kind: 'number-or',
      rule: { min: 0, max: 1e9, whole: false },
      empty: null,
      hint: 'automatic',
    },
    common: true,
    methods: readers('damping'),
  },
  {
    name: 'params',
    title: 'Parameters (regular expression)',
    shape: { kind: 'pattern', hint: 'those of the last blocks' },
    common: true,
    methods: readers('params'),
  },
  {
    name: 'lastBlocks',
    title: 'Last blocks',
    shape: whole(0, 1000),
    common: true,
    methods: readers('lastBlocks'),
    fits: ({ params }) => params === null,
  },
  {
    name: 'curvatureLines',
    title: 'Lines that the curvature is taken of',
    shape: whole(1, 1e9),
    common: false,
    methods: readers('curvatureLines'),
  },
  {
    name: 'seed',
    title: 'Seed',
    shape: whole(0, 2 ** 32 - 1),
    common: false,
    methods: readers('seed'),
  },
];
