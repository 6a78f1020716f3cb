/** In which order the methods of a model stand side by side. */
import type { MethodDescription, MethodFamily } from '../../protocol';

const families: readonly MethodFamily[] = [
  'gradient',
  'relevance',
  'attention',
  'perturbation',
  'control',
];

/** The chosen method first, for every other one is compared with it; what is no explanation but a control last. */
export function inOrder(
  methods: readonly MethodDescription[],
  chosen: string,
): readonly MethodDescription[] {
  const rank = ({ name, family }: MethodDescription) =>
    name === chosen && family !== 'control' ? -1 : families.indexOf(family);
  return [...methods].sort((a, b) => rank(a) - rank(b));
}
