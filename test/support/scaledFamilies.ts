/**
 * The families at sizes where time goes into arithmetic: the exporters' own graphs with larger, random weights.
 * Hidden size 384, 6 heads of 64, feed-forward size 1536 or 1024; as many layers as the fixtures have.
 */
import type { Constant, Graph } from '../../src/onnx/graph';
import { constantOf, isFloat, numbersOf, sizeOf } from '../../src/onnx/tensorData';
import { loadFamily } from './families';
import { seededRandom } from './numbers';

interface Scaling {
  /** Sizes of the weights, old -> new. Those that are missing (vocabulary, labels, 1) stay. */
  readonly weights: Readonly<Record<number, number>>;
  /** Sizes that nodes are told, such as that of a head: whole constants of integers, old -> new. */
  readonly integers: Readonly<Record<string, readonly number[]>>;
}

const bertLike: Scaling = {
  weights: { 32: 384, 64: 1536 },
  integers: { '16': [64] },
};
/** Half as many heads for keys and values as for queries; 32 frequencies of rotary positions. */
const llamaLike: Scaling = {
  weights: { 8: 32, 16: 192, 32: 384, 64: 1024 },
  integers: { '16': [64] },
};

const scalings = {
  bert: bertLike,
  'bert-dynamo': bertLike,
  roberta: bertLike,
  distilbert: bertLike,
  // 256 relative positions to each side, as in DeBERTa v3.
  'deberta-v2': {
    weights: { 16: 512, 32: 384, 64: 1536 },
    integers: {
      '2': [6],
      '3': [127],
      '4': [128],
      '-4': [-128],
      '8': [256],
      '15': [511],
      '16': [512],
      '-1,16,16': [-1, 512, 64],
      '1,16,2,-1': [1, 512, 6, -1],
    },
  },
  gpt2: {
    weights: { 32: 384, 64: 512, 96: 1152, 128: 1536 },
    integers: { '16': [64], '32': [384], '96': [1152], '128': [1536], '32,32,32': [384, 384, 384] },
  },
  llama: llamaLike,
  'qwen2-sdpa': llamaLike,
  modernbert: {
    weights: { 8: 32, 32: 384, 64: 768, 96: 1152, 128: 1536 },
    integers: { '16': [64] },
  },
} satisfies Record<string, Scaling>;

export type ScaledName = keyof typeof scalings;
export const scaledNames = Object.keys(scalings) as ScaledName[];

/** Positions that the scaled models allow. */
const positions = 512;

/** The inputs that can hold sizes and places; the integers of other ones are axes, steps and the like. */
const sizeInputs: Readonly<Record<string, readonly number[]>> = {
  Concat: [0, 1, 2, 3, 4],
  Reshape: [1],
  Split: [1],
  Slice: [2],
  Clip: [2],
  Add: [1],
  Div: [1],
  Less: [1],
  LessOrEqual: [1],
  Greater: [1],
  Where: [1],
};

export function loadScaled(name: ScaledName): Graph {
  const { graph } = loadFamily(name);
  const { weights, integers }: Scaling = scalings[name];
  const random = seededRandom(1);
  const constants = new Map<string, Constant>();
  for (const [value, constant] of graph.constants) {
    if (isFloat(constant.dtype)) constants.set(value, largerWeight(constant, weights, random));
    else constants.set(value, longerPositions(constant));
  }
  const nodes = graph.nodes.map(node => {
    const inputs = node.inputs.map((input, i) => {
      const constant = graph.constants.get(input);
      if (!constant || isFloat(constant.dtype) || !sizeInputs[node.op]?.includes(i)) return input;
      const size = integers[numbersOf(constant).join()];
      if (!size) return input;
      const scaled = `${input}/scaled`;
      constants.set(scaled, constantOf(constant.dtype, constant.dims, size));
      return scaled;
    });
    return { ...node, inputs };
  });
  return { ...graph, constants, nodes };
}

/** Uniform numbers for matrices, with a variance that keeps sizes; vectors go on as they began. */
function largerWeight(
  constant: Constant,
  sizes: Scaling['weights'],
  random: () => number,
): Constant {
  if (sizeOf(constant.dims) === 1) return constant;
  const dims = constant.dims.map(dim => sizes[dim] ?? dim);
  const old = numbersOf(constant);
  const reach = Math.sqrt(3 / dims.at(-1)!);
  const values = Float32Array.from({ length: sizeOf(dims) }, (_, i) =>
    dims.length === 2 ? reach * (2 * random() - 1) : old[i % old.length]!,
  );
  return constantOf('float32', dims, values);
}

/** Lists of positions (0, 1, 2, ...) or of zeros, [1, 64] in the fixtures. */
function longerPositions(constant: Constant): Constant {
  if (constant.dims.length !== 2 || constant.dims[1] !== 64) return constant;
  const step = numbersOf(constant)[1]!;
  const values = Array.from({ length: positions }, (_, i) => i * step);
  return constantOf(constant.dtype, [1, positions], values);
}
