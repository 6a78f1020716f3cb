/** What the panel asks for in its tab of two models, done. */
import type { Comparisons } from '../comparison/comparisons';
import { revealWorkLine, workTarget } from '../lines/workLines';
import type { PanelHandlers } from '../panel/listen';
import type { ModelChanges } from './modelChanges';

export interface ModelChangesHandlerParts {
  readonly modelChanges: () => ModelChanges;
  readonly comparisons: () => Comparisons;
}

type Names = Extract<keyof PanelHandlers, `models${string}`>;

/** `guarded` tells what its work throws. */
export function makeModelChangesHandlers(
  { modelChanges, comparisons }: ModelChangesHandlerParts,
  guarded: (work: () => Promise<unknown>) => void,
): Pick<PanelHandlers, Names> {
  return {
    modelsReveal({ line }) {
      const { current } = modelChanges();
      if (current) guarded(() => revealWorkLine(current.lines, line));
    },
    modelsOpen({ line }) {
      const { current } = modelChanges();
      if (!current) return;
      const { before, after } = current.state;
      const pair = { before: before.dir, after: after.dir };
      guarded(async () => comparisons().models(await workTarget(current.lines, line), { pair }));
    },
    modelsResume() {
      guarded(() => modelChanges().resume());
    },
  };
}
