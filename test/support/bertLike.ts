/** A BERT classifier with random weights, as an exporter would write it: for benchmarks, tests and training. */
import { emptyGraph, GraphBuilder } from '../../src/onnx/builder';
import type { Graph } from '../../src/onnx/graph';
import { seededRandom } from './numbers';

export interface BertSize {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly intermediate: number;
  readonly vocab: number;
  readonly positions: number;
  readonly labels: number;
  /** Of the random weights; default 1. */
  readonly seed?: number;
}

export const bertBase: BertSize = {
  layers: 12,
  hidden: 768,
  heads: 12,
  intermediate: 3072,
  vocab: 30522,
  positions: 512,
  labels: 2,
};

/** Inputs input_ids, attention_mask, token_type_ids [batch, sequence]; output logits [batch, labels]. */
export function buildBertLike(size: BertSize): Graph {
  const graph = emptyGraph('bert');
  const b = new GraphBuilder(graph);
  const [ids, mask, types] = ['input_ids', 'attention_mask', 'token_type_ids'].map(name =>
    b.input(name, 'int64', ['batch', 'sequence']),
  ) as [string, string, string];
  const net = new Net(b, size);
  const words = b.op('Gather', [net.matrix('embeddings.word', size.vocab, size.hidden), ids]);
  const kinds = b.op('Gather', [net.matrix('embeddings.type', 2, size.hidden), types]);
  const length = b.op('Shape', [ids], { start: 1, end: 2 });
  const range = b.op('Range', [b.int(0), b.op('Squeeze', [length]), b.int(1)]);
  const places = b.op('Gather', [
    net.matrix('embeddings.position', size.positions, size.hidden),
    range,
  ]);
  let h = net.norm('embeddings.norm', b.op('Add', [b.op('Add', [words, kinds]), places]));
  const bias = net.maskBias(mask);
  for (let layer = 0; layer < size.layers; layer++) h = net.layer(`layer.${layer}`, h, bias);
  const first = b.op('Gather', [h, b.int(0)], { axis: 1 });
  const pooled = b.op('Tanh', [net.gemm('pooler', first, size.hidden, size.hidden)]);
  b.output(net.gemm('classifier', pooled, size.hidden, size.labels), 'logits');
  return graph;
}

class Net {
  private readonly random: () => number;

  constructor(
    private readonly b: GraphBuilder,
    private readonly size: BertSize,
  ) {
    this.random = seededRandom(size.seed ?? 1);
  }

  /** Uniform numbers with BERT's standard deviation, 0.02. */
  matrix(name: string, rows: number, columns: number): string {
    const values = new Float32Array(rows * columns);
    for (let i = 0; i < values.length; i++)
      values[i] = 0.02 * Math.sqrt(3) * (2 * this.random() - 1);
    return this.b.constant('float32', [rows, columns], values, name);
  }

  vector(name: string, length: number, value: number): string {
    return this.b.constant('float32', [length], new Float32Array(length).fill(value), name);
  }

  norm(name: string, x: string): string {
    const { hidden } = this.size;
    const parameters = [
      this.vector(`${name}.weight`, hidden, 1),
      this.vector(`${name}.bias`, hidden, 0),
    ];
    return this.b.op('LayerNormalization', [x, ...parameters], { axis: -1, epsilon: 1e-12 });
  }

  linear(name: string, x: string, from: number, to: number): string {
    const product = this.b.op('MatMul', [x, this.matrix(`${name}.weight`, from, to)]);
    return this.b.op('Add', [product, this.vector(`${name}.bias`, to, 0)]);
  }

  gemm(name: string, x: string, from: number, to: number): string {
    const weight = this.matrix(`${name}.weight`, to, from);
    return this.b.op('Gemm', [x, weight, this.vector(`${name}.bias`, to, 0)], { transB: 1 });
  }

  /** 0 for tokens, a large negative number for padding: [batch, 1, 1, sequence]. */
  maskBias(mask: string): string {
    const { b } = this;
    const absent = b.op('Sub', [b.scalar(1), b.op('Cast', [mask], { to: 'float32' })]);
    return b.op('Mul', [b.op('Unsqueeze', [absent, b.ints([1, 2])]), b.scalar(-1e9)]);
  }

  layer(name: string, x: string, maskBias: string): string {
    const { b } = this;
    const { hidden, intermediate } = this.size;
    const context = this.attention(`${name}.attention`, x, maskBias);
    const attended = this.linear(`${name}.attention.output`, context, hidden, hidden);
    const middle = this.norm(`${name}.attention.norm`, b.op('Add', [attended, x]));
    const wide = b.op('Gelu', [this.linear(`${name}.intermediate`, middle, hidden, intermediate)]);
    const narrow = this.linear(`${name}.output`, wide, intermediate, hidden);
    return this.norm(`${name}.norm`, b.op('Add', [narrow, middle]));
  }

  attention(name: string, x: string, maskBias: string): string {
    const { b } = this;
    const { hidden, heads } = this.size;
    const split = (part: string, perm: number[]): string => {
      const projected = this.linear(`${name}.${part}`, x, hidden, hidden);
      const shaped = b.op('Reshape', [projected, b.ints([0, 0, heads, hidden / heads])]);
      return b.op('Transpose', [shaped], { perm });
    };
    const query = split('query', [0, 2, 1, 3]);
    const key = split('key', [0, 2, 3, 1]);
    const value = split('value', [0, 2, 1, 3]);
    const scores = b.op('Mul', [b.op('MatMul', [query, key]), b.scalar(Math.sqrt(heads / hidden))]);
    const weights = b.op('Softmax', [b.op('Add', [scores, maskBias])], { axis: -1 });
    const mixed = b.op('Transpose', [b.op('MatMul', [weights, value])], { perm: [0, 2, 1, 3] });
    return b.op('Reshape', [mixed, b.ints([0, 0, hidden])]);
  }
}
