/** An attacker with an engine of the test's own, and what the panel asks of it. */
import * as vscode from 'vscode';
import { Appender } from '../../../src/host/append/appender';
import { makeAttackHandlers } from '../../../src/host/attack/attackHandlers';
import { AttackMemory } from '../../../src/host/attack/attackMemory';
import { Attacker } from '../../../src/host/attack/attacker';
import { StepMaps } from '../../../src/host/attack/stepMaps';
import type { TracingEngine } from '../../../src/host/explain/engine';
import { FakeMemento, fakeSurroundings } from './fakes';
import { anyModel } from './support';

/** The attacker as the extension wires it, but for panel and memory. */
export function attackerWith(
  engine: TracingEngine,
  { mayLoad = true, modelDir = anyModel()?.fsPath ?? '/model' } = {},
) {
  const surroundings = fakeSurroundings(engine, {
    models: { current: () => modelDir },
    mayLoad: () => Promise.resolve(mayLoad),
  });
  const attacks = new AttackMemory(new FakeMemento());
  const explained = () => null;
  const attacker = new Attacker({ ...surroundings, engine, attacks, explained });
  const maps = new StepMaps({ ...surroundings, engine });
  attacker.onDidAttack(() => {
    if (attacker.current) void maps.follow(attacker.current);
  });
  let work: Promise<unknown> = Promise.resolve();
  let thrown: unknown = null;
  const handlers = makeAttackHandlers(
    { attacker: () => attacker, maps: () => maps, appender: new Appender(new FakeMemento()) },
    wanted => {
      work = wanted().catch((error: unknown) => {
        thrown = error;
      });
    },
  );
  const done = async (): Promise<unknown> => {
    thrown = null;
    await work;
    return thrown;
  };
  return { ...surroundings, attacks, attacker, handlers, done };
}

export async function targetAt(uri: vscode.Uri, line: number) {
  return { uri, document: await vscode.workspace.openTextDocument(uri), line };
}
