/** What compares, evaluates and measures, with an engine of the test's own, and what the panel asks of it. */
import type * as vscode from 'vscode';
import { makeComparisonHandlers } from '../../../src/host/comparison/comparisonHandlers';
import { makeReports } from '../../../src/host/comparison/reports';
import { makeDriversHandlers } from '../../../src/host/drivers/driversHandlers';
import { DriversMemory } from '../../../src/host/drivers/driversMemory';
import { makeEvaluationHandlers } from '../../../src/host/evaluation/evaluationHandlers';
import type { Engine } from '../../../src/host/explain/engine';
import { ResultPlaces } from '../../../src/host/lines/resultPlaces';
import { makeMeasuringHandlers } from '../../../src/host/measuring/measuringHandlers';
import { makeModelChangesHandlers } from '../../../src/host/modelChanges/modelChangesHandlers';
import { FieldChoice } from '../../../src/host/records/fieldChoice';
import type { Target } from '../../../src/host/records/target';
import type { PanelState } from '../../../src/protocol';
import { FakeMemento, fakeSurroundings } from './fakes';
import { workspaceUri } from './support';

export function reportersWith(engine: Engine, { mayLoad = true } = {}) {
  const surroundings = fakeSurroundings(engine, { mayLoad: () => Promise.resolve(mayLoad) });
  const memento = new FakeMemento();
  const parts = {
    ...{ ...surroundings, engine },
    fields: new FieldChoice(memento),
    places: new ResultPlaces(memento, workspaceUri('reports', 'storage')),
    confirm: () => Promise.resolve(true),
    otherModel: { find: () => Promise.resolve('/other') },
  };
  const explained: Target[] = [];
  const adopted: [vscode.Uri, PanelState][] = [];
  const explainer = {
    explain: (target: Target) => {
      explained.push(target);
      return Promise.resolve(null);
    },
    adopt: (found: { readonly uri: vscode.Uri }, state: PanelState) => {
      adopted.push([found.uri, state]);
    },
  };
  const reports = makeReports({
    ...parts,
    pickMethods: () => Promise.resolve(['gradient']),
    explained: () => null,
    explainer: () => explainer,
  });
  const { comparer, comparisons, evaluator, driversFinder, modelChanges, measurer } = reports.each;
  let asked: Promise<unknown> = Promise.resolve();
  let thrown: unknown = null;
  const guarded = (wanted: () => Promise<unknown>) => {
    asked = wanted().catch((error: unknown) => {
      thrown = error;
    });
  };
  const driversMemory = new DriversMemory(memento);
  const handlers = {
    ...makeComparisonHandlers(
      { comparer: () => comparer, comparisons: () => comparisons },
      guarded,
    ),
    ...makeEvaluationHandlers({ evaluator: () => evaluator, explainer: () => explainer }, guarded),
    ...makeDriversHandlers({ driversFinder: () => driversFinder, driversMemory }, guarded),
    ...makeModelChangesHandlers(
      { modelChanges: () => modelChanges, comparisons: () => comparisons },
      guarded,
    ),
    ...makeMeasuringHandlers({ measurer: () => measurer }, guarded),
  };
  /** What the work that the panel asked for last has thrown, or null. */
  const done = async (): Promise<unknown> => {
    thrown = null;
    await asked;
    return thrown;
  };
  const dispose = () => {
    reports.dispose();
  };
  return {
    ...surroundings,
    ...reports.each,
    ...{ explained, adopted, handlers, done, dispose },
  };
}
