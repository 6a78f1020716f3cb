/**
 * Pieces of architectures that no reference model here has, as exporters write them: first and second
 * derivatives against finite differences.
 */
import { prepare } from '../../../src/autodiff/passes';
import type { GraphBuilder } from '../../../src/onnx/builder';
import type { DataType } from '../../../src/onnx/graph';
import { checkDerivatives, type Case } from '../../support/finiteDifferences';
import { normals, seededRandom } from '../../support/numbers';

const width = 8;
const headWidth = 4;

/** The parts that the blocks share; values are [B, L, 8], heads [B, heads, L, 4]. */
class Parts {
  private seed = 1;

  constructor(
    readonly b: GraphBuilder,
    readonly dtype: DataType,
  ) {}

  number(value: number): string {
    return this.b.scalar(value, this.dtype);
  }

  weight(...dims: number[]): string {
    const size = dims.reduce((product, dim) => product * dim, 1);
    const values = normals(seededRandom(this.seed++), size).map(value => 0.5 * value);
    return this.b.constant(this.dtype, dims, values);
  }

  linear(x: string, to: number, from = width): string {
    return this.b.op('MatMul', [x, this.weight(from, to)]);
  }

  /** [B, L, count * 4] -> [B, count, L, 4] */
  heads(x: string, count: number): string {
    const split = this.b.op('Reshape', [x, this.b.ints([0, 0, count, headWidth])]);
    return this.b.op('Transpose', [split], { perm: [0, 2, 1, 3] });
  }

  /** softmax(change(q k^T)) v, back to [B, L, 8]. */
  attend(q: string, k: string, v: string, change = (scores: string): string => scores): string {
    const { b } = this;
    const scores = b.op('MatMul', [q, b.op('Transpose', [k], { perm: [0, 1, 3, 2] })]);
    const weights = b.op('Softmax', [change(scores)], { axis: -1 });
    const mixed = b.op('Transpose', [b.op('MatMul', [weights, v])], { perm: [0, 2, 1, 3] });
    return b.op('Reshape', [mixed, b.ints([0, 0, width])]);
  }

  /** The number of tokens as a 1-D or 0-D integer, and 0, 1, 2, ... up to it. */
  length(x: string): { list: string; scalar: string; range: string } {
    const list = this.b.op('Shape', [x], { start: 1, end: 2 });
    const scalar = this.b.op('Squeeze', [list, this.b.ints([0])]);
    return { list, scalar, range: this.b.op('Range', [this.b.int(0), scalar, this.b.int(1)]) };
  }

  /** j - i at [i, j]. */
  distances(x: string): string {
    const { b } = this;
    const { range } = this.length(x);
    return b.op('Sub', [
      b.op('Unsqueeze', [range, b.ints([0])]),
      b.op('Unsqueeze', [range, b.ints([1])]),
    ]);
  }

  causal(scores: string, x: string): string {
    const later = this.b.op('Greater', [this.distances(x), this.b.int(0)]);
    return this.b.op('Where', [later, this.number(-1e9), scores]);
  }

  /** x / sqrt(mean x^2 + 1e-3) by a reciprocal. */
  rms(x: string): string {
    const { b } = this;
    const mean = b.op('ReduceMean', [b.op('Pow', [x, this.number(2)]), b.ints([-1])]);
    const root = b.op('Sqrt', [b.op('Add', [mean, this.number(1e-3)])]);
    return b.op('Mul', [x, b.op('Reciprocal', [root])]);
  }
}

type Block = (p: Parts, x: string, table: string) => string;

/** Half of each head turns against the other, by angles that grow with the position. */
function rotate(p: Parts, heads: string, x: string): string {
  const { b } = p;
  const positions = b.op('Cast', [p.length(x).range], { to: p.dtype });
  const frequencies = b.constant(p.dtype, [1, 2], [1, 0.1]);
  const angles = b.op('MatMul', [b.op('Unsqueeze', [positions, b.ints([1])]), frequencies]);
  const both = b.op('Concat', [angles, angles], { axis: -1 });
  const [first, second] = b.ops('Split', [heads], 2, { axis: -1, num_outputs: 2 });
  const turned = b.op('Concat', [b.op('Neg', [second!]), first!], { axis: -1 });
  return b.op('Add', [
    b.op('Mul', [heads, b.op('Cos', [both])]),
    b.op('Mul', [turned, b.op('Sin', [both])]),
  ]);
}

const blocks: Record<string, Block> = {
  'Llama by the newer exporter: rotary positions, shared keys, SwiGLU, last token': (p, x) => {
    const { b } = p;
    const normed = b.op('Mul', [p.rms(x), p.weight(width)]);
    // One head of keys and values for two of queries.
    const shared = (heads: string): string => {
      const batch = b.op('Shape', [heads], { start: 0, end: 1 });
      const wide = b.op('Concat', [batch, b.ints([1, 2]), p.length(x).list, b.ints([headWidth])], {
        axis: 0,
      });
      const repeated = b.op('Expand', [b.op('Unsqueeze', [heads, b.ints([2])]), wide]);
      return b.op('Reshape', [
        repeated,
        b.op('Concat', [batch, b.ints([2]), p.length(x).list, b.ints([headWidth])], { axis: 0 }),
      ]);
    };
    const q = rotate(p, p.heads(p.linear(normed, width), 2), x);
    const k = shared(rotate(p, p.heads(p.linear(normed, headWidth), 1), x));
    const v = shared(p.heads(p.linear(normed, headWidth), 1));
    const h = b.op('Add', [
      x,
      p.linear(
        p.attend(q, k, v, scores => p.causal(scores, x)),
        width,
      ),
    ]);
    const gate = p.linear(p.rms(h), 6);
    const silu = b.op('Mul', [gate, b.op('Sigmoid', [gate])]);
    const up = b.op('Mul', [silu, p.linear(p.rms(h), 6)]);
    const y = b.op('Add', [h, p.linear(up, width, 6)]);
    const last = b.op('Expand', [
      b.op('Sub', [p.length(x).scalar, b.int(1)]),
      b.op('Shape', [x], { start: 0, end: 1 }),
    ]);
    return b.op('GatherND', [y, b.op('Unsqueeze', [last, b.ints([1])])], { batch_dims: 1 });
  },
  'Gemma: norms of 1 + w, capped scores, gated GELU': (p, x) => {
    const { b } = p;
    const normed = b.op('Mul', [p.rms(x), b.op('Add', [p.number(1), p.weight(width)])]);
    const cap = (scores: string): string =>
      b.op('Mul', [b.op('Tanh', [b.op('Div', [scores, p.number(2)])]), p.number(2)]);
    const [q, k, v] = [0, 1, 2].map(() => p.heads(p.linear(normed, width), 2));
    const h = b.op('Add', [x, p.attend(q!, k!, v!, cap)]);
    const gate = b.op('Gelu', [p.linear(h, 6)], { approximate: 'tanh' });
    return p.linear(b.op('Mul', [gate, p.linear(h, 6)]), width, 6);
  },
  'T5: relative positions from a table, norm by a quotient': (p, x, table) => {
    const { b } = p;
    const mean = b.op('ReduceMean', [b.op('Mul', [x, x]), b.ints([-1])]);
    const normed = b.op('Div', [x, b.op('Sqrt', [b.op('Add', [mean, p.number(1e-3)])])]);
    const near = b.op('Clip', [p.distances(x), b.int(-2), b.int(2)]);
    const rows = b.op('Gather', [table, b.op('Add', [near, b.int(2)])]);
    const bias = b.op('Unsqueeze', [b.op('Transpose', [rows], { perm: [2, 0, 1] }), b.ints([0])]);
    const [q, k, v] = [0, 1, 2].map(() => p.heads(p.linear(normed, width), 2));
    const h = b.op('Add', [x, p.attend(q!, k!, v!, scores => b.op('Add', [scores, bias]))]);
    return p.linear(b.op('Relu', [p.linear(h, 6)]), width, 6);
  },
  'BLOOM: linear biases, queries, keys and values of each head side by side': (p, x) => {
    const { b } = p;
    const fused = b.op('Reshape', [p.linear(x, 3 * width), b.ints([0, 0, 2, 3, headWidth])]);
    const part = (i: number): string =>
      b.op('Transpose', [b.op('Gather', [fused, b.int(i)], { axis: 3 })], { perm: [0, 2, 1, 3] });
    const slopes = b.constant(p.dtype, [2, 1, 1], [0.5, 0.25]);
    const alibi = b.op('Mul', [slopes, b.op('Cast', [p.distances(x)], { to: p.dtype })]);
    return p.attend(part(0), part(1), part(2), scores => p.causal(b.op('Add', [scores, alibi]), x));
  },
  'Falcon: one head of keys for all, attention beside the feed-forward part': (p, x) => {
    const { b } = p;
    const sizes = b.ints([width, headWidth, headWidth]);
    const [q, k, v] = b.ops('Split', [p.linear(x, 2 * width), sizes], 3, { axis: 2 });
    const attended = p.attend(p.heads(q!, 2), p.heads(k!, 1), p.heads(v!, 1));
    const wide = b.op('Gelu', [p.linear(x, 6)], { approximate: 'tanh' });
    return b.op('Sum', [x, attended, p.linear(wide, width, 6)]);
  },
  'XLNet: products by Einsum, positions shifted by a reshape': (p, x) => {
    const { b } = p;
    const cut = (from: string, dims: number[]): string => b.op('Reshape', [from, b.ints(dims)]);
    const [q, k, v] = [0, 1, 2].map(() => cut(p.linear(x, width), [0, 0, 2, headWidth]));
    const content = b.op('Einsum', [q!, k!], { equation: 'bind,bjnd->bnij' });
    // [.., i, j] -> [.., i, j - i] by dropping the first of each row of a matrix with one more column.
    const { list } = p.length(x);
    const places = b.op('Einsum', [q!, k!], { equation: 'bind,bjnd->bnij' });
    const padded = b.op('Pad', [places, b.ints([0, 0, 0, 1, 0, 0, 0, 0])]);
    const head = b.op('Shape', [places], { start: 0, end: 2 });
    const longer = b.op('Add', [list, b.ints([1])]);
    const turned = b.op('Reshape', [padded, b.op('Concat', [head, longer, list], { axis: 0 })]);
    const shifted = b.op('Slice', [turned, b.ints([1]), b.ints([2 ** 31]), b.ints([2])]);
    const weights = b.op('Softmax', [b.op('Add', [content, shifted])], { axis: -1 });
    return cut(b.op('Einsum', [weights, v!], { equation: 'bnij,bjnd->bind' }), [0, 0, width]);
  },
  'Sentence models: mean of the tokens, then length one': (p, x) => {
    const { b } = p;
    const { list, range } = p.length(x);
    const first = b.op('Less', [
      range,
      b.op('Max', [b.op('Sub', [list, b.ints([1])]), b.ints([1])]),
    ]);
    const mask = b.op('Unsqueeze', [b.op('Cast', [first], { to: p.dtype }), b.ints([0, 2])]);
    const wide = b.op('Expand', [mask, b.op('Shape', [x])]);
    const sum = b.op('ReduceSum', [b.op('Mul', [x, wide]), b.ints([1])], { keepdims: 0 });
    const count = b.op('Clip', [
      b.op('ReduceSum', [wide, b.ints([1])], { keepdims: 0 }),
      p.number(1e-9),
    ]);
    const mean = b.op('Div', [sum, count]);
    const norm = b.op('ReduceL2', [mean, b.ints([-1])]);
    return b.op('Div', [
      mean,
      b.op('Expand', [b.op('Clip', [norm, p.number(1e-12)]), b.op('Shape', [mean])]),
    ]);
  },
};

describe('blocks of other architectures', () => {
  for (const [name, block] of Object.entries(blocks)) {
    it(`have the derivatives that differences say: ${name}`, async () => {
      const usesTable = name.startsWith('T5');
      const test: Case = {
        name,
        inputs: [['B', 'L', width], ...(usesTable ? [[5, 2]] : [])],
        build: (b, [x, table], dtype) => block(new Parts(b, dtype), x!, table ?? ''),
      };
      await checkDerivatives(test, { prepare });
    });
  }
});
