/** --methods: several methods, each with parameters of its own where it is given some. */
import { InvalidArgumentError } from 'commander';
import { methodDescriptions } from '../interpret/saliency/methods';
import type { MethodDescription, MethodParameters } from '../protocol/explanation';
import { parseParameter } from './parameterOptions';

export interface ChosenMethod {
  readonly method: string;
  readonly parameters: MethodParameters;
}

export const methodsHelp =
  'by commas, see `methods`; "all"; parameters as lime:samples=300:seed=2. Otherwise all that cost little';

/** Throws commander's InvalidArgumentError. */
export function parseMethods(text: string): ChosenMethod[] {
  if (text === 'all') return named(methodDescriptions.filter(isExplanation));
  return text.split(',').map(part => {
    const [name = '', ...given] = part.trim().split(':');
    if (!methodDescriptions.some(method => method.name === name)) {
      const names = methodDescriptions.map(method => method.name).join(', ');
      throw new InvalidArgumentError(`There is no method "${name}"; choose of ${names}.`);
    }
    const parameters = given.map(parseParameter);
    return { method: name, parameters: Object.assign({}, ...parameters) as MethodParameters };
  });
}

/** Costly ones are for who asks for them; a preset that explains the loss answers another question than the others. */
export function usualMethods(): ChosenMethod[] {
  return named(
    methodDescriptions.filter(
      method => isExplanation(method) && !method.costly && method.scalar !== 'loss',
    ),
  );
}

/** What every other method has to beat. */
export const random: ChosenMethod = { method: 'random', parameters: {} };

export function describe({ method }: Pick<ChosenMethod, 'method'>): MethodDescription | null {
  return methodDescriptions.find(({ name }) => name === method) ?? null;
}

function named(methods: readonly MethodDescription[]): ChosenMethod[] {
  return methods.map(({ name }) => ({ method: name, parameters: {} }));
}

function isExplanation({ family }: MethodDescription): boolean {
  return family !== 'control';
}
