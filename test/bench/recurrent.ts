/** What a gradient costs in forward passes of recurrent and convolutional classifiers; forward is the operator itself. */
import { emptyGraph, GraphBuilder } from '../../src/onnx/builder';
import type { Graph } from '../../src/onnx/graph';
import { writeModel } from '../../src/onnx/writeModel';
import { Session, type Feeds } from '../../src/runtime/session';
import { integers } from '../support/families';
import { normals, seededRandom } from '../support/numbers';
import { gradientGraph } from './gradientGraph';
import { format, type Figure } from './report';
import { timePair } from './timing';

const [batch, length] = [32, 64];
const size = 256;
const words = 1000;
const labels = 3;
/** Words that the filters of the convolutional model see at a time. */
const windows = [2, 3, 4];

/** What is compared is arithmetic, not how well the small ops of a step spread over threads. */
const oneThread = { threads: 1 };

type Body = (b: GraphBuilder, embedded: string, weight: Weight) => { out: string; width: number };
type Weight = (...dims: number[]) => string;

export async function recurrentFigures(): Promise<Figure[]> {
  const bodies: Record<string, Body> = {
    LSTM: recurrent('LSTM', 4, 'forward'),
    'bidirectional LSTM': recurrent('LSTM', 4, 'bidirectional'),
    GRU: recurrent('GRU', 3, 'forward'),
    CNN: convolutional,
  };
  const figures: Figure[] = [];
  for (const [name, body] of Object.entries(bodies)) figures.push(await figureOf(name, body));
  return figures;
}

async function figureOf(name: string, body: Body): Promise<Figure> {
  const graph = classifier(body);
  const probes = [feedsOf(2, 5), feedsOf(3, 8)];
  const forward = await Session.create(writeModel(graph), oneThread);
  const gradient = await Session.create(
    writeModel(await gradientGraph(graph, { probes })),
    oneThread,
  );
  const feeds = feedsOf(batch, length);
  const pair = await timePair(
    () => forward.run(feeds),
    () => gradient.run(feeds),
    9,
  );
  await forward.release();
  await gradient.release();
  return {
    name: `Embedding gradient over forward, ${name}, ${batch} x ${length}`,
    value: pair.ratio,
    unit: 'x',
    goal: 3,
    details: `one layer of ${size}; forward ${format(pair.first)} ms, forward and gradient ${format(pair.second)} ms, one thread`,
  };
}

function classifier(body: Body): Graph {
  const graph = emptyGraph('classifier');
  const b = new GraphBuilder(graph);
  const random = seededRandom(1);
  const weight: Weight = (...dims) => {
    const count = dims.reduce((product, dim) => product * dim, 1);
    const scale = 1 / Math.sqrt(dims.at(-1)!);
    const values = Float32Array.from(normals(random, count), value => value * scale);
    return b.constant('float32', dims, values);
  };
  const ids = b.input('input_ids', 'int64', ['batch', 'length']);
  const embedded = b.op('Gather', [weight(words, size), ids]);
  const { out, width } = body(b, embedded, weight);
  b.output(b.op('Gemm', [out, weight(labels, width)], { transB: 1 }), 'logits');
  return graph;
}

/** The last states of all directions. */
function recurrent(op: string, gates: number, direction: string): Body {
  return (b, embedded, weight) => {
    const directions = direction === 'bidirectional' ? 2 : 1;
    const rows = gates * size;
    const [, last] = b.ops(
      op,
      [
        b.op('Transpose', [embedded], { perm: [1, 0, 2] }),
        weight(directions, rows, size),
        weight(directions, rows, size),
        weight(directions, 2 * rows),
      ],
      2,
      { hidden_size: size, direction, ...(op === 'GRU' ? { linear_before_reset: 1 } : {}) },
    ) as [string, string];
    const byRow = b.op('Transpose', [last], { perm: [1, 0, 2] });
    return { out: b.op('Flatten', [byRow], { axis: 1 }), width: directions * size };
  };
}

/** The largest answer of each filter. */
const convolutional: Body = (b, embedded, weight) => {
  const image = b.op('Unsqueeze', [embedded, b.ints([1])]);
  const largest = windows.map(window => {
    const found = b.op('Conv', [image, weight(size, 1, window, size), weight(size)], {
      kernel_shape: [window, size],
      pads: [window - 1, 0, window - 1, 0],
    });
    const active = b.op('Relu', [b.op('Squeeze', [found, b.ints([3])])]);
    return b.op('ReduceMax', [active, b.ints([2])], { keepdims: 0 });
  });
  return { out: b.op('Concat', largest, { axis: 1 }), width: windows.length * size };
};

function feedsOf(rows: number, columns: number): Feeds {
  const ids = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, i) => (row * 37 + i * 11) % words),
  );
  return { input_ids: integers(ids) };
}
