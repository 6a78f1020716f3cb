/** The menu of methods: by what kind of thing they are, with what a choice costs. */
import type { MethodDescription, MethodFamily } from '../src/protocol';
import type { OptionGroup } from './nativeControls';

/** In the order of the menu; the control comes last, for it explains nothing. */
export const familyWords: Readonly<Record<MethodFamily, string>> = {
  gradient: 'Gradients',
  relevance: 'Relevance propagation',
  perturbation: 'Perturbation',
  attention: 'Attention',
  control: 'Control: explains nothing',
};

/** One group a family that there is; titles say which methods take their time. */
export function methodGroups(methods: readonly MethodDescription[]): OptionGroup[] {
  const families = Object.keys(familyWords) as MethodFamily[];
  return families
    .map(family => ({
      title: familyWords[family],
      options: methods
        .filter(method => method.family === family)
        .map(({ name, title, costly }) => ({
          value: name,
          text: costly ? `${title} (slower)` : title,
        })),
    }))
    .filter(({ options }) => options.length > 0);
}
