/** The options of a trace as fields of a form, and a line about each method. */
import type { InfluenceMethodName, InfluenceOptions } from '../../src/protocol';
import { influenceMethods, influenceOptionsRead } from '../../src/protocol';
import type { OptionRule, OptionValues } from '../training/optionRules';
import { part, whole } from '../training/optionRules';

/** One line each: what it is, and what it costs or lacks. */
export const influenceAbout: Readonly<Record<InfluenceMethodName, string>> = {
  head: 'Exact for the layers after the encoder: their curvature in closed form, one solve. Milliseconds once the features of all lines are known.',
  cg: 'For any parameters: the curvature is inverted by conjugate gradient, and the residual says how well. One sweep over all lines a question.',
  lissa:
    'As AllenNLP and FastIF do it, with the same parameters and defaults: a series of Hessian products over random batches.',
  ekfac:
    'The curvature of the linear layers in Kronecker-factored eigenbases: a pass over the file first, then cheap for many questions.',
  tracin:
    'Products of gradients, added up over the checkpoints of a training. Needs their folders.',
  'gradient-dot':
    'The product of the two gradients, without curvature. A quick preview, not an influence.',
  'gradient-cosine':
    'The angle between the two gradients, so that long ones do not win. A quick preview, not an influence.',
  neighbours:
    'Training lines with similar features in the model, those with the same label and those with another. Likeness, not influence.',
};

const readers = (name: keyof InfluenceOptions) =>
  influenceMethods.filter(method => influenceOptionsRead[method].includes(name));
const byBlocks = ({ params }: OptionValues) => params === null;

/** In the order in which they are offered. */
export const influenceRules: readonly OptionRule<InfluenceMethodName>[] = [
  {
    name: 'k',
    title: 'Lines in each list',
    shape: whole(1, 1000),
    common: true,
    methods: influenceMethods,
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
    methods: readers('damping').filter(method => method !== 'lissa'),
  },
  {
    name: 'damping',
    title: 'Damping (times the scale)',
    shape: {
      kind: 'number-or',
      rule: { min: 0, max: 0.999, whole: false },
      empty: null,
      hint: 'as AllenNLP: 0.003',
    },
    common: true,
    methods: ['lissa'],
  },
  {
    name: 'distance',
    title: 'Distance',
    shape: { kind: 'choice', words: { cosine: 'Cosine', euclidean: 'Euclidean' } },
    common: true,
    methods: readers('distance'),
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
    fits: byBlocks,
  },
  {
    name: 'checkpoints',
    title: 'Checkpoints: folders of models, one a line, in the order of training',
    shape: { kind: 'lines' },
    common: true,
    methods: readers('checkpoints'),
  },
  {
    name: 'rates',
    title: 'Learning rate at each, with blanks between',
    shape: { kind: 'numbers', hint: '1 each' },
    common: true,
    methods: readers('rates'),
  },
  {
    name: 'curvature',
    title: 'Curvature',
    shape: {
      kind: 'choice',
      words: {
        '': 'Default',
        'gauss-newton': 'Gauss\u2013Newton',
        hessian: 'Hessian',
      },
    },
    common: false,
    methods: readers('curvature'),
  },
  {
    name: 'curvatureLines',
    title: 'Lines that the curvature is taken of',
    shape: whole(1, 1e9),
    common: false,
    methods: readers('curvatureLines').filter(method => method !== 'lissa'),
  },
  {
    name: 'curvatureLines',
    title: 'Lines that the residual is measured on',
    shape: whole(1, 1e9),
    common: false,
    methods: ['lissa'],
  },
  {
    name: 'tolerance',
    title: 'Stop at residual',
    shape: part(1e-15, 1),
    common: false,
    methods: readers('tolerance'),
  },
  {
    name: 'maxSteps',
    title: 'Most steps',
    shape: whole(1, 1e6),
    common: false,
    methods: readers('maxSteps'),
  },
  {
    name: 'candidates',
    title: 'Score only the nearest',
    shape: {
      kind: 'number-or',
      rule: { min: 1, max: 1e9, whole: true },
      empty: null,
      hint: 'all lines',
    },
    common: false,
    methods: readers('candidates'),
  },
  {
    name: 'recursion_depth',
    title: 'recursion_depth (share or number)',
    shape: part(1e-9, 1e9),
    common: false,
    methods: readers('recursion_depth'),
  },
  {
    name: 'scale',
    title: 'scale',
    shape: {
      kind: 'number-or',
      rule: { min: 1e-9, max: 1e30, whole: false },
      empty: 'auto',
      hint: 'automatic',
    },
    common: false,
    methods: readers('scale'),
  },
  {
    name: 'lissa_batch_size',
    title: 'lissa_batch_size',
    shape: whole(1, 1e6),
    common: false,
    methods: readers('lissa_batch_size'),
  },
  {
    name: 'num_samples',
    title: 'num_samples',
    shape: whole(1, 1e6),
    common: false,
    methods: readers('num_samples'),
  },
  {
    name: 'params_to_freeze',
    title: 'params_to_freeze (with blanks between)',
    shape: { kind: 'patterns', hint: 'none' },
    common: false,
    methods: readers('params_to_freeze'),
  },
  {
    name: 'unit',
    title: 'Loss of',
    shape: { kind: 'choice', words: { line: 'The sentence', entity: 'The entity pointed at' } },
    common: true,
    methods: influenceMethods,
    onlyTagged: true,
  },
  {
    name: 'seed',
    title: 'Seed',
    shape: whole(0, 2 ** 32 - 1),
    common: false,
    methods: readers('seed'),
  },
];
