/** The saliency methods as a person reads them in a terminal. */
import type { Colors } from 'picocolors/types';
import type { MethodDescription } from '../protocol/explanation';

/** One block a method: name, what it measures, its parameters and their defaults. */
export function reportMethods(methods: readonly MethodDescription[], colors: Colors): string {
  const blocks = methods.map(method => {
    const { name, title, about, source, defaults, aggregations, scalar } = method;
    const settings = Object.entries(defaults).map(([key, value]) => `${key} ${String(value)}`);
    return [
      `${colors.bold(name)}  ${title}`,
      `  ${about}`,
      `  ${kind(method)}`,
      `  defaults: ${settings.join(', ') || 'none'}` +
        (aggregations.length === 0 ? '' : `; combines by ${aggregations.join(', ')}`) +
        (scalar === undefined ? '' : `; always of the ${scalar}`),
      `  ${colors.dim(source)}`,
    ].join('\n');
  });
  return blocks.join('\n\n');
}

/** 'perturbation method; costly: ...; linear: ...' */
function kind({ family, costly, linear }: MethodDescription): string {
  return [
    family === 'control' ? 'control, no explanation' : `${family} method`,
    ...(costly ? ['costly: takes many runs of the model'] : []),
    ...(linear ? ['linear in what is explained'] : []),
  ].join('; ');
}
