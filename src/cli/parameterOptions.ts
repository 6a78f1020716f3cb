/** The parameters of saliency methods on the command line; `methods` tells who reads which, and the defaults. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type {
  Aggregation,
  BaselineKind,
  FeatureKind,
  MethodParameters,
  ParameterName,
  Quadrature,
  Removal,
} from '../protocol/explanation';
import { decimalNumber, wholeNumber } from './numberOptions';

const aggregations: readonly Aggregation[] = ['l2', 'l1', 'dot', 'sum'];
const baselines: readonly BaselineKind[] = ['zero', 'pad', 'mask'];
const quadratures: readonly Quadrature[] = [
  'gauss-legendre',
  'left',
  'right',
  'middle',
  'trapezoid',
];
const features: readonly FeatureKind[] = ['token', 'word', 'type'];
export const removals: readonly Removal[] = ['mask', 'pad', 'delete'];

interface Parameter {
  readonly flags: string;
  readonly about: string;
  /** Its values, or how they are read. */
  readonly values: readonly string[] | ((text: string) => number);
}

const parameters: Readonly<Record<ParameterName, Parameter>> = {
  aggregate: {
    flags: '--aggregate <how>',
    about: 'how a vector becomes a number',
    values: aggregations,
  },
  steps: { flags: '--steps <n>', about: 'points of a path method', values: wholeNumber },
  quadrature: {
    flags: '--quadrature <rule>',
    about: 'where the points lie',
    values: quadratures,
  },
  baseline: { flags: '--baseline <kind>', about: 'where a path begins', values: baselines },
  samples: {
    flags: '--samples <n>',
    about: 'noise samples, perturbed texts, or permutations',
    values: wholeNumber,
  },
  noise: {
    flags: '--noise <sigma>',
    about: 'standard deviation of the noise',
    values: decimalNumber,
  },
  noiseScale: {
    flags: '--noise-scale <kind>',
    about: 'what the noise is relative to',
    values: ['relative', 'absolute'],
  },
  moment: {
    flags: '--moment <kind>',
    about: 'of the noisy gradients',
    values: ['mean', 'square', 'variance'],
  },
  seed: { flags: '--seed <n>', about: 'of everything that is drawn', values: wholeNumber },
  feature: {
    flags: '--feature <kind>',
    about: 'what is taken away as one: a token, a word, or all words spelt alike',
    values: features,
  },
  removal: { flags: '--removal <how>', about: 'how it is taken away', values: removals },
  kernelWidth: {
    flags: '--kernel-width <x>',
    about: 'lime: width of the kernel, in units of 100 times the cosine distance',
    values: decimalNumber,
  },
  ridge: {
    flags: '--ridge <x>',
    about: 'lime: weight of the squared coefficients',
    values: decimalNumber,
  },
  span: {
    flags: '--span <n>',
    about: 'occlusion: how many neighbours are taken away together',
    values: wholeNumber,
  },
  epsilon: {
    flags: '--epsilon <x>',
    about: 'lrp-epsilon: what keeps denominators away from zero',
    values: decimalNumber,
  },
};
const names = Object.keys(parameters) as ParameterName[];

/** Of several methods each reads the parameters that it knows. */
export function addParameterOptions(command: Command): Command {
  for (const { flags, about, values } of Object.values(parameters)) {
    const option = new Option(flags, about);
    command.addOption(
      typeof values === 'function' ? option.argParser(values) : option.choices(values),
    );
  }
  return command;
}

/** Only what was given: the methods know the defaults. */
export function parametersOf(options: MethodParameters): MethodParameters {
  const given = names.map(name => [name, options[name]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** 'samples=300' as a parameter. Throws commander's InvalidArgumentError. */
export function parseParameter(text: string): MethodParameters {
  const [, given = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const name = names.find(each => each === given || dashed(each) === given);
  if (name === undefined) {
    throw new InvalidArgumentError(
      `"${text}" is no parameter: write NAME=VALUE with one of ${names.map(dashed).join(', ')}.`,
    );
  }
  const { values } = parameters[name];
  if (typeof values === 'function') return { [name]: values(value) };
  if (values.includes(value)) return { [name]: value };
  throw new InvalidArgumentError(`Allowed for ${dashed(name)} are ${values.join(', ')}.`);
}

/** As the flag has it: 'kernel-width'. */
function dashed(name: ParameterName): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}
