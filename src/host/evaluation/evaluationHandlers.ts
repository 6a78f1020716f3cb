/** What the panel asks for in its tab of an evaluation, done. */
import type { Explainer } from '../explain/explainer';
import { showFile } from '../lines/showFile';
import { revealWorkLine, workTarget } from '../lines/workLines';
import type { PanelHandlers } from '../panel/listen';
import type { Evaluator } from './evaluator';

export interface EvaluationHandlerParts {
  readonly evaluator: () => Evaluator;
  readonly explainer: () => Pick<Explainer, 'explain'>;
}

type Names = Extract<keyof PanelHandlers, `evaluation${string}`>;

/** `guarded` tells what its work throws. */
export function makeEvaluationHandlers(
  { evaluator, explainer }: EvaluationHandlerParts,
  guarded: (work: () => Promise<unknown>) => void,
): Pick<PanelHandlers, Names> {
  return {
    evaluationReveal({ line }) {
      const { current } = evaluator().runner;
      if (current) guarded(() => revealWorkLine(current.lines, line));
    },
    evaluationExplain({ line }) {
      const { current } = evaluator().runner;
      if (!current) return;
      guarded(async () => explainer().explain(await workTarget(current.lines, line)));
    },
    evaluationShowCell({ gold, predicted }) {
      guarded(() => evaluator().showCell(gold, predicted));
    },
    evaluationResume() {
      guarded(() => evaluator().runner.resume());
    },
    evaluationProblems({ on }) {
      evaluator().turn(on);
    },
    evaluationShowFile() {
      const { jsonl } = evaluator().runner.current ?? {};
      if (typeof jsonl === 'string') guarded(() => showFile(jsonl));
    },
  };
}
