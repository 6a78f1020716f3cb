/** The saliency methods as a person reads them in a terminal. */
import type { Colors } from 'picocolors/types';
import type { MethodDescription } from '../protocol/explanation';

/** One block a method: name, what it measures, its parameters and their defaults. */
export function reportMethods(methods: readonly MethodDescription[], colors: Colors): string {
  const blocks = methods.map(({ name, title, about, source, defaults, aggregations, scalar }) => {
    const settings = Object.entries(defaults).map(([key, value]) => `${key} ${String(value)}`);
    return [
      `${colors.bold(name)}  ${title}`,
      `  ${about}`,
      `  defaults: ${settings.join(', ') || 'none'}; combines by ${aggregations.join(', ')}` +
        (scalar === undefined ? '' : `; always of the ${scalar}`),
      `  ${colors.dim(source)}`,
    ].join('\n');
  });
  return blocks.join('\n\n');
}
