/** What compares, evaluates and measures, made together: it all follows the same lines and ends with the extension. */
import type * as vscode from 'vscode';
import { makeDriversFinder, type DriversFinder } from '../drivers/driversFinder';
import { Evaluator, type EvaluatorParts } from '../evaluation/evaluator';
import { makeMeasurer, type Measurer, type MeasurerParts } from '../measuring/measurer';
import {
  makeModelChanges,
  type ModelChanges,
  type ModelChangesParts,
} from '../modelChanges/modelChanges';
import { Comparer, type ComparerParts } from './comparer';
import { Comparisons, type ComparisonsParts } from './comparisons';

export interface Reports {
  readonly each: {
    readonly comparer: Comparer;
    readonly comparisons: Comparisons;
    readonly evaluator: Evaluator;
    readonly driversFinder: DriversFinder;
    readonly modelChanges: ModelChanges;
    readonly measurer: Measurer;
  };
  /** What of it may be at work. */
  readonly works: readonly { readonly isRunning: boolean; cancel(): void }[];
  /** A document was edited; `moved` tells where a line (from 0) stands now. */
  follow(uri: vscode.Uri, moved: (line: number) => number): void;
  dispose(): void;
}

export type ReportParts = ComparerParts &
  Omit<ComparisonsParts, 'comparer'> &
  EvaluatorParts &
  ModelChangesParts &
  MeasurerParts;

export function makeReports(parts: ReportParts): Reports {
  const comparer = new Comparer(parts);
  const comparisons = new Comparisons({ ...parts, comparer });
  const evaluator = new Evaluator(parts);
  const driversFinder = makeDriversFinder(parts);
  const modelChanges = makeModelChanges(parts);
  const measurer = makeMeasurer(parts);
  return {
    each: { comparer, comparisons, evaluator, driversFinder, modelChanges, measurer },
    works: [comparer, evaluator.runner, driversFinder, modelChanges, measurer],
    follow(uri, moved) {
      for (const one of [comparer, evaluator, driversFinder, modelChanges]) one.follow(uri, moved);
    },
    dispose() {
      for (const one of [comparer, evaluator, driversFinder, modelChanges, measurer]) one.dispose();
    },
  };
}
