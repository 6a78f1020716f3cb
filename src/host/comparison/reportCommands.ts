/** The commands that compare, evaluate and measure. */
import type * as vscode from 'vscode';
import type {
  ComparisonState,
  DriversState,
  EvaluationState,
  MeasureReport,
  ModelChangesState,
} from '../../protocol';
import type { DriversFinder } from '../drivers/driversFinder';
import type { DriversMemory } from '../drivers/driversMemory';
import type { Evaluator } from '../evaluation/evaluator';
import { findLines } from '../lines/selection';
import type { Measurer } from '../measuring/measurer';
import type { ModelChanges } from '../modelChanges/modelChanges';
import { findTarget, type Target } from '../records/target';
import type { Comparisons } from './comparisons';

export interface ReportCommandParts {
  readonly comparisons: Comparisons;
  readonly evaluator: Evaluator;
  readonly driversFinder: DriversFinder;
  readonly driversMemory: DriversMemory;
  readonly modelChanges: ModelChanges;
  readonly measurer: Measurer;
  /** The last text editor with a dataset in it, for commands that are run from the panel. */
  readonly lastEditor: () => vscode.TextEditor | null;
}

type Compare = (comparisons: Comparisons, target: Target) => Promise<ComparisonState | null>;

export async function compareLine(
  { comparisons, lastEditor }: ReportCommandParts,
  argument: unknown,
  compare: Compare,
): Promise<ComparisonState | null> {
  const target = await findTarget(argument, lastEditor());
  return target && compare(comparisons, target);
}

/** Of the selected lines, or of the whole file. */
export async function compareModelsOnLines(
  { modelChanges, lastEditor }: ReportCommandParts,
  argument: unknown,
  whole: boolean,
): Promise<ModelChangesState | null> {
  const lines = await findLines(argument, lastEditor(), whole);
  return modelChanges.start({ lines, anew: true });
}

/** The same. */
export async function evaluateDataset(
  { evaluator, lastEditor }: ReportCommandParts,
  argument: unknown,
  whole: boolean,
): Promise<EvaluationState | null> {
  return evaluator.evaluate(await findLines(argument, lastEditor(), whole));
}

export async function findDrivers(
  { driversFinder, driversMemory, lastEditor }: ReportCommandParts,
  argument: unknown,
): Promise<DriversState | null> {
  const lines = await findLines(argument, lastEditor(), true);
  return driversFinder.start({ lines, settings: driversMemory.get() });
}

/** A caller may name the methods, `{ uri, line, methods: ['gradient'] }`; a person is asked. */
export async function measureLine(
  { measurer, lastEditor }: ReportCommandParts,
  argument: unknown,
): Promise<MeasureReport | null> {
  const target = await findTarget(argument, lastEditor());
  if (!target) return null;
  const { uri, document, line } = target;
  const methods = methodsIn(argument);
  return measurer.start({ lines: { uri, document, lines: [line] }, methods });
}

/** Of the selected lines, or of the whole file; methods as `measureLine`. */
export async function measureLines(
  { measurer, lastEditor }: ReportCommandParts,
  argument: unknown,
  whole: boolean,
): Promise<MeasureReport | null> {
  const lines = await findLines(argument, lastEditor(), whole);
  return measurer.start({ lines, methods: methodsIn(argument) });
}

function methodsIn(argument: unknown): readonly string[] | null {
  if (typeof argument !== 'object' || argument === null || !('methods' in argument)) return null;
  const { methods } = argument;
  const isName = (name: unknown) => typeof name === 'string';
  return Array.isArray(methods) && methods.every(isName) ? methods : null;
}
