/** What a derivative costs in forward passes, on a random model of BERT-base's size. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SaliencyProgram } from '../../src/interpret/saliency/gradients/program';
import { runPoints } from '../../src/interpret/saliency/gradients/runPoints';
import { pathPoints } from '../../src/interpret/saliency/gradients/quadrature';
import { cell } from '../../src/interpret/task/decision';
import type { Row } from '../../src/model/inputs';
import { loadModel } from '../../src/model/loadModel';
import { writeModel } from '../../src/onnx/writeModel';
import { Session, type Feeds } from '../../src/runtime/session';
import { bertBase, buildBertLike } from '../support/bertLike';
import { gradientGraph } from './gradientGraph';
import { format, type Figure } from './report';
import { timePair } from './timing';

const length = 32;
const steps = 50;
/** Batch sizes among which the fastest forward pass is looked for. */
const batches = [1, 8, 16, 25, 50];

/** One run that yields d logits / d word vectors, over one forward run. */
export async function gradientOverForward(): Promise<Figure> {
  const batch = 16;
  const graph = buildBertLike(bertBase);
  const forward = await Session.create(writeModel(graph));
  const probes = [randomFeeds(2, 5), randomFeeds(3, 7)];
  const derived = await gradientGraph(graph, { probes });
  const gradient = await Session.create(writeModel(derived));
  const feeds = randomFeeds(batch);
  const pair = await timePair(
    () => forward.run(feeds),
    () => gradient.run(feeds),
    7,
  );
  await forward.release();
  await gradient.release();
  return {
    name: `Embedding gradient over forward, batch ${batch} x ${length}`,
    value: pair.ratio,
    unit: 'x',
    goal: 2.2,
    details: `forward ${format(pair.first)} ms, forward and gradient ${format(pair.second)} ms; 2.0 is the arithmetic floor with every position computed, here the last layer is computed at [CLS] alone`,
  };
}

/** 50 points of integrated gradients over 50 forward passes at whatever batch is fastest for these. */
export async function pathOverForward(): Promise<Figure> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'glassbox-bench-'));
  try {
    const bytes = writeModel(buildBertLike(bertBase));
    await writeFile(path.join(folder, 'model.onnx'), bytes);
    const model = await loadModel(folder, 'cpu', { tokenizer: 'optional' });
    const forward = await Session.create(bytes);
    const best = await bestBatch(forward);
    const program = await SaliencyProgram.of(model);
    const row: Row = {
      ids: randomIds(length),
      mask: Array<number>(length).fill(1),
      typeIds: Array<number>(length).fill(0),
    };
    const points = pathPoints('gauss-legendre', steps).map((point, sample) => ({
      ...point,
      sigma: 0,
      relative: false,
      sample,
    }));
    const integrate = () =>
      runPoints(program, {
        rows: [row],
        decisions: [[{ position: 0, cells: [cell(0)] }]],
        scalar: 'logit',
        baseline: { ids: [row.ids.map(() => 0)], scale: 0 },
        points,
      });
    const feeds = randomFeeds(best);
    const pair = await timePair(
      async () => {
        for (let done = 0; done < steps; done += best) await forward.run(feeds);
      },
      integrate,
      3,
    );
    await forward.release();
    await model.release();
    return {
      name: `Integrated gradients, ${steps} points, over ${steps} forward passes`,
      value: pair.ratio,
      unit: 'x',
      goal: 2.2,
      details: `${steps} forward passes in batches of ${best}: ${format(pair.first)} ms; integrated gradients ${format(pair.second)} ms`,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Among the divisors of the work, the batch with the cheapest forward pass a row. */
async function bestBatch(forward: Session): Promise<number> {
  let best = { batch: 1, cost: Infinity };
  for (const batch of batches.filter(size => steps % size === 0)) {
    const feeds = randomFeeds(batch);
    await forward.run(feeds);
    const started = performance.now();
    await forward.run(feeds);
    const cost = (performance.now() - started) / batch;
    if (cost < best.cost) best = { batch, cost };
  }
  return best.batch;
}

function randomIds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => 1000 + ((i * 7919) % 20000));
}

function randomFeeds(batch: number, columns = length): Feeds {
  const dims = [batch, columns];
  const count = batch * columns;
  const filled = (values: readonly number[]) => ({
    dtype: 'int64' as const,
    dims,
    data: BigInt64Array.from(values, BigInt),
  });
  return {
    input_ids: filled(randomIds(count)),
    attention_mask: filled(Array<number>(count).fill(1)),
    token_type_ids: filled(Array<number>(count).fill(0)),
  };
}
