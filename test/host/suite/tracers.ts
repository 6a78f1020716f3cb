/** A tracer and a ranker with an engine of the test's own, and what the panel asks of them. */
import * as vscode from 'vscode';
import type { Engine } from '../../../src/host/explain/engine';
import { movedLine } from '../../../src/host/heatmap/movedLine';
import { makeInfluenceHandlers } from '../../../src/host/influence/influenceHandlers';
import { InfluenceMemory } from '../../../src/host/influence/influenceMemory';
import { RowMaps } from '../../../src/host/influence/rowMaps';
import { ResultSaver } from '../../../src/host/influence/saveResults';
import { SuspicionProblems } from '../../../src/host/influence/suspicionProblems';
import { Suspicions } from '../../../src/host/influence/suspicions';
import { Tracer } from '../../../src/host/influence/tracer';
import { TrainingChoice } from '../../../src/host/influence/trainingChoice';
import { FieldChoice } from '../../../src/host/records/fieldChoice';
import type { Target } from '../../../src/host/records/target';
import { FakeMemento, fakeSurroundings } from './fakes';

/** As the extension wires them, but for panel and memory. */
export function tracersWith(
  engine: Engine,
  { mayLoad = () => true }: { readonly mayLoad?: (dir: string) => boolean } = {},
) {
  const surroundings = fakeSurroundings(engine, { mayLoad: dir => Promise.resolve(mayLoad(dir)) });
  const memento = new FakeMemento();
  const fields = new FieldChoice(memento);
  const training = new TrainingChoice(memento, fields);
  const remembered = new InfluenceMemory(memento);
  const parts = { ...surroundings, engine, fields, training, remembered, cacheDir: '/cache' };
  const tracer = new Tracer(parts);
  const problems = new SuspicionProblems(fields);
  const suspicions = new Suspicions({ ...parts, problems });
  const rowMaps = new RowMaps({ ...parts, tracer: () => tracer });
  const explained: Target[] = [];
  const explainer = {
    explain: (target: Target) => {
      explained.push(target);
      return Promise.resolve(null);
    },
  };
  let asked: Promise<unknown> = Promise.resolve();
  let thrown: unknown = null;
  const handlers = makeInfluenceHandlers(
    {
      ...{ tracer: () => tracer, suspicions: () => suspicions, rowMaps: () => rowMaps },
      ...{ explainer: () => explainer, problems, saver: new ResultSaver(memento) },
      reader: surroundings.reader,
    },
    wanted => {
      asked = wanted().catch((error: unknown) => {
        thrown = error;
      });
    },
  );
  /** What the work that the panel asked for last has thrown, or null. */
  const done = async (): Promise<unknown> => {
    thrown = null;
    await asked;
    return thrown;
  };
  const edits = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    for (const work of [tracer, suspicions]) {
      work.follow(document.uri, line => movedLine(line, contentChanges));
    }
  });
  const dispose = () => {
    for (const part of [edits, tracer, suspicions, problems]) part.dispose();
  };
  return {
    ...surroundings,
    ...{ memento, fields, training, remembered, tracer, problems, suspicions, explained },
    ...{ handlers, done, dispose, maps: surroundings.rowMaps },
  };
}
