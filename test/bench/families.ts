/** What a gradient costs in forward passes, for the graphs that exporters write of each family. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { prepare } from '../../src/autodiff/passes';
import { openModelFile } from '../../src/model/modelFile';
import type { Graph } from '../../src/onnx/graph';
import { writeModel } from '../../src/onnx/writeModel';
import { Session, type Feeds } from '../../src/runtime/session';
import { bertBase, buildBertLike } from '../support/bertLike';
import { loadScaled, type ScaledName } from '../support/scaledFamilies';
import { gradientGraph } from './gradientGraph';
import { format, type Figure } from './report';
import { milliseconds, timePair } from './timing';

const batch = 8;
const length = 128;
/** Words of the fixtures' vocabulary. */
const words = 119;

/** Gradient over forward, at most. */
const goals: Readonly<Record<ScaledName, number>> = {
  bert: 2.3,
  'bert-dynamo': 2.3,
  roberta: 2.3,
  distilbert: 2.3,
  'deberta-v2': 3,
  gpt2: 3,
  llama: 3,
  'qwen2-sdpa': 3,
  modernbert: 3,
};

export async function familyFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, goal] of Object.entries(goals) as [ScaledName, number][]) {
    figures.push(...(await familyFigure(name, goal)));
  }
  return figures;
}

async function familyFigure(name: ScaledName, goal: number): Promise<Figure[]> {
  const graph = loadScaled(name);
  const probes = [feedsOf(graph, 2, 9), feedsOf(graph, 3, 13)];
  // Two layers stand for many here, so the last one must not be spared.
  const derived = await gradientGraph(graph, { probes, everyPosition: true });
  const forward = await Session.create(writeModel(graph));
  const gradient = await Session.create(writeModel(derived));
  const feeds = feedsOf(graph, batch, length);
  const pair = await timePair(
    () => forward.run(feeds),
    () => gradient.run(feeds),
    7,
  );
  await forward.release();
  await gradient.release();
  const nodes = prepare(graph).nodes.length;
  return [
    {
      name: `Embedding gradient over forward, ${name}, ${batch} x ${length}`,
      value: pair.ratio,
      unit: 'x',
      goal,
      details: `hidden 384, every position computed; forward ${format(pair.first)} ms, forward and gradient ${format(pair.second)} ms`,
    },
    {
      name: `Nodes of the gradient graph over the model's, ${name}`,
      value: derived.nodes.length / nodes,
      unit: 'x',
      goal: 3,
      details: `${derived.nodes.length} nodes, model included; the model as prepared has ${nodes}`,
    },
  ];
}

/** From the file to a session of the derivative: the time before the first gradient of a model. */
export async function planning(): Promise<Figure> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'glassbox-bench-'));
  try {
    const file = path.join(folder, 'model.onnx');
    await writeFile(file, writeModel(buildBertLike(bertBase)));
    let nodes = '';
    const plan = async (): Promise<void> => {
      const { graph } = await openModelFile(file);
      const probes = [feedsOf(graph, 2, 9), feedsOf(graph, 3, 13)];
      const derived = await gradientGraph(graph, { probes });
      nodes = `${derived.nodes.length} nodes from ${graph.nodes.length}`;
      const session = await Session.of(derived);
      await session.release();
    };
    const times = [await milliseconds(plan), await milliseconds(plan)];
    return {
      name: 'Planning, BERT-base of 12 layers',
      value: Math.min(...times),
      unit: ' ms',
      goal: 3000,
      details: `read the file, learn shapes, differentiate, write, create the session; ${nodes}`,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function feedsOf(graph: Graph, rows: number, columns: number): Feeds {
  const value = (input: string, i: number): number => {
    if (input === 'input_ids') return 1 + ((i * 7) % words);
    return input === 'attention_mask' ? 1 : 0;
  };
  return Object.fromEntries(
    graph.inputs.map(({ name }) => {
      const data = BigInt64Array.from({ length: rows * columns }, (_, i) => BigInt(value(name, i)));
      return [name, { dtype: 'int64', dims: [rows, columns], data }];
    }),
  );
}
