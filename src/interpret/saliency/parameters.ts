/** From the parameters that were asked for to the ones that a method runs with. */
import type { ModelFacts } from '../../model/model';
import type {
  Aggregation,
  MethodDescription,
  MethodParameters,
  ParameterName,
} from '../../protocol/explanation';
import { GlassboxError } from '../../protocol/messages';
import type { Method, ResolvedParameters } from './method';

/** Values of parameters that a method does not read. */
const without: ResolvedParameters = {
  aggregate: 'dot',
  steps: 1,
  quadrature: 'gauss-legendre',
  baseline: 'zero',
  samples: 1,
  noise: 0,
  noiseScale: 'absolute',
  moment: 'mean',
  seed: 0,
  feature: 'word',
  removal: 'mask',
  kernelWidth: 25,
  ridge: 1,
  span: 1,
  epsilon: 1e-6,
};

const most = 10_000;

/**
 * A method's defaults for this model: where it has no mask token, what is taken away is left out, as one must choose
 * between that and padding.
 */
export function defaultsFor(
  { defaults }: MethodDescription,
  { maskId }: Pick<ModelFacts, 'maskId'>,
): MethodParameters {
  return defaults.removal === 'mask' && maskId === null
    ? { ...defaults, removal: 'delete' }
    : defaults;
}

/**
 * The method's defaults for this model, overridden by what `asked` says about parameters that the method reads and
 * does not dictate. Throws GlassboxError 'bad-input' for a value that makes no sense.
 */
export function resolveParameters(
  method: Method,
  asked: MethodParameters,
  about: Pick<ModelFacts, 'maskId'>,
): ResolvedParameters {
  const defaults = defaultsFor(method.description, about);
  const changed = Object.entries(asked).filter(
    ([name, value]) =>
      value !== undefined && name in defaults && !method.fixed.includes(name as ParameterName),
  );
  const parameters: ResolvedParameters = {
    ...without,
    ...defaults,
    ...(Object.fromEntries(changed) as MethodParameters),
  };
  return check(method.description, {
    ...parameters,
    aggregate: aggregation(method.description, parameters.aggregate),
  });
}

/** The parameters that belong to an explanation by this method, for its record. */
export function parametersOf(method: Method, resolved: ResolvedParameters): MethodParameters {
  const names = Object.keys(method.description.defaults) as ParameterName[];
  return Object.fromEntries(names.map(name => [name, resolved[name]]));
}

function aggregation({ title, aggregations }: MethodDescription, asked: Aggregation): Aggregation {
  // Methods that make no vectors.
  if (aggregations.length === 0) return without.aggregate;
  if (aggregations.includes(asked)) return asked;
  // Methods whose vector is a product with the input already: its sum is the dot product.
  if (asked === 'sum' && aggregations.includes('dot')) return 'dot';
  throw new GlassboxError(
    'bad-input',
    `${title} cannot be combined by "${asked}"; choose one of ${aggregations.join(', ')}.`,
  );
}

function check({ title }: MethodDescription, parameters: ResolvedParameters): ResolvedParameters {
  const { steps, samples, seed, noise, quadrature, span, kernelWidth, ridge, epsilon } = parameters;
  const whole = (name: string, value: number, from: number, to: number): void => {
    if (Number.isSafeInteger(value) && value >= from && value <= to) return;
    throw new GlassboxError(
      'bad-input',
      `${title}: ${name} must be a whole number from ${from} to ${to}, not ${value}.`,
    );
  };
  whole('steps', steps, 1, most);
  if (quadrature === 'trapezoid') whole('steps of the trapezoid rule', steps, 2, most);
  whole('samples', samples, 1, most);
  whole('seed', seed, 0, 2 ** 32 - 1);
  whole('span', span, 1, most);
  const number = (name: string, value: number, positive: boolean): void => {
    if (Number.isFinite(value) && value >= 0 && !(positive && value === 0)) return;
    throw new GlassboxError(
      'bad-input',
      `${title}: ${name} must be a number ${positive ? 'above 0' : 'from 0 up'}, not ${value}.`,
    );
  };
  number('noise', noise, false);
  number('kernel width', kernelWidth, true);
  number('ridge', ridge, false);
  number('epsilon', epsilon, true);
  return parameters;
}
