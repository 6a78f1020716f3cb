/** What the panel asks for in its tab of comparisons, done. */
import type { PanelHandlers } from '../panel/listen';
import type { Comparer } from './comparer';
import type { Comparisons } from './comparisons';

export interface ComparisonHandlerParts {
  readonly comparer: () => Comparer;
  readonly comparisons: () => Comparisons;
}

type Names = Extract<keyof PanelHandlers, `compare${string}`>;

/** `guarded` tells what its work throws. */
export function makeComparisonHandlers(
  { comparer, comparisons }: ComparisonHandlerParts,
  guarded: (work: () => Promise<unknown>) => void,
): Pick<PanelHandlers, Names> {
  return {
    compareRow({ key }) {
      guarded(() => comparer().row(key));
    },
    compareOpen({ key }) {
      comparisons().open(key);
    },
    compareModel() {
      guarded(() => comparisons().otherModel());
    },
  };
}
