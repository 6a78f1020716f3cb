/** Models of the sample with a fault planted, each of which makes explanations bad in a way of its own. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import type { Graph, Node } from '../../src/onnx/graph';
import { constantOf } from '../../src/onnx/tensorData';
import { editModel, editTokenizer, setWeight } from './editedModel';

export const sampleModel = path.resolve('media', 'sample', 'model');

const positions = 'distilbert.embeddings.position_embeddings.weight';
const lastNorm = 'distilbert.transformer.layer.1.output_layer_norm';

/** The classifier reads nothing: every gradient is zero. */
export function deafModel(folder: string): string {
  return editModel(sampleModel, folder, graph => {
    setWeight(graph, 'classifier.weight', old => old.fill(0));
  });
}

/** Word vectors go into a LayerNorm as they are: it does not notice their length, and has no value at zero. */
export function scaleFreeModel(folder: string): string {
  return editModel(sampleModel, folder, graph => {
    setWeight(graph, positions, old => old.fill(0));
  });
}

/** So sure of everything that probabilities do not react. */
export function sureModel(folder: string): string {
  return editModel(sampleModel, folder, graph => {
    setWeight(graph, 'classifier.weight', old => old.map(weight => 40 * weight));
  });
}

/** One weight of those that every text uses is no number. */
export function brokenModel(folder: string, which: number, value: number): string {
  return editModel(sampleModel, folder, graph => {
    const names = [...graph.constants.keys()].filter(
      name => /(?:weight|bias)$/.test(name) && !/embeddings\.(?:word|position)/.test(name),
    );
    setWeight(graph, names[which % names.length]!, old => old.fill(value, 0, 1));
  });
}

/**
 * The last product but one in 8-bit whole numbers, with one channel far larger than all others: as a function of real
 * numbers it is the same, but rounded to the steps of that channel the others are gone.
 */
export function coarseModel(folder: string, outlier: number): string {
  return editModel(sampleModel, folder, graph => {
    const channel = (9 * outlier) % 96;
    const scaleAt = (old: Float32Array): Float32Array =>
      old.map((value, i) => (i === channel ? 4000 * value : value));
    setWeight(graph, `${lastNorm}.weight`, scaleAt);
    setWeight(graph, `${lastNorm}.bias`, scaleAt);
    setWeight(graph, 'pre_classifier.weight', old =>
      old.map((value, i) => (Math.floor(i / 96) === channel ? value / 4000 : value)),
    );
    quantise(graph, 'pre_classifier.weight');
  });
}

/** The tokenizer with its words in another order. */
export function shuffledWords(from: string, folder: string, step: number): string {
  cpSync(from, folder, { recursive: true });
  return editTokenizer(folder, ({ added_tokens, model }) => {
    const special = new Set(added_tokens.map(({ content }) => content));
    const words = Object.keys(model.vocab).filter(word => !special.has(word));
    const ids = words.map(word => model.vocab[word]!);
    words.forEach((word, i) => {
      model.vocab[word] = ids[(i + step) % ids.length]!;
    });
  });
}

/** Replaces a product with a weight by DynamicQuantizeLinear, MatMulInteger and the scales, as exporters do. */
function quantise(graph: Graph, weight: string): void {
  const at = graph.nodes.findIndex(({ op, inputs }) => op === 'MatMul' && inputs[1] === weight);
  const product = graph.nodes[at]!;
  let steps: Float32Array = Float32Array.of();
  setWeight(graph, weight, old => (steps = old));
  const scale = steps.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
  const named = (name: string): string => `${weight}_${name}`;
  const { dims } = graph.constants.get(weight)!;
  const whole = Array.from(steps, value => Math.round(value / scale));
  graph.constants.set(named('whole'), constantOf('int8', dims, whole));
  graph.constants.set(named('scale'), constantOf('float32', [], [scale]));
  graph.constants.delete(weight);
  const node = (op: string, inputs: string[], outputs: string[], to?: number): Node => ({
    op,
    domain: '',
    name: named(op),
    inputs,
    outputs,
    attributes: to === undefined ? {} : { to: { kind: 'int', value: to } },
  });
  const x = ['x', 'x_scale', 'x_zero'].map(named);
  graph.nodes.splice(
    at,
    1,
    node('DynamicQuantizeLinear', [product.inputs[0]!], x),
    node('MatMulInteger', [x[0]!, named('whole'), x[2]!], [named('sum')]),
    node('Cast', [named('sum')], [named('float')], 1),
    { ...node('Mul', [x[1]!, named('scale')], [named('step')]), name: named('Mul_1') },
    node('Mul', [named('float'), named('step')], [...product.outputs]),
  );
}
