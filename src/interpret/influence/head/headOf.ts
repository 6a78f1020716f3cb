/** Finds in a model's graph the last linear map: what it reads, its weights, and the names that they were trained under. */
import { parametersOf, type Parameter } from '../../../autodiff/parameters';
import { rankOf, staticDims, type Facts } from '../../../autodiff/shapes';
import type { Head } from '../../../model/head';
import type { Constant, Graph, Node } from '../../../onnx/graph';
import { numbersOf, sizeOf } from '../../../onnx/tensorData';
import { GlassboxError } from '../../../protocol/messages';
import type { LinearHead } from './linearHead';

export interface HeadPlace {
  readonly head: LinearHead;
  /** What the map reads: [batch, width] of texts, [batch, length, width] of tokens or where one token is picked only afterwards. */
  readonly features: string;
  readonly logits: string;
  /**
   * The map's products [batch, length, classes] where it is applied to every token and one is picked afterwards, as causal language models
   * do; null where features and logits stand for the same things.
   */
  readonly pickedFrom: string | null;
  /** Weight, and bias if there is one. */
  readonly parameters: readonly Parameter[];
}

export interface HeadSource {
  /** Prepared. */
  readonly graph: Graph;
  readonly facts: Facts;
  readonly decides: Pick<Head, 'task' | 'decides' | 'outputs' | 'classes' | 'link'>;
  /** For messages. */
  readonly file: string;
}

/** Ops that only choose or reshape: they may stand between the map and the logits. */
const choosing = new Set([
  'Identity',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Gather',
  'GatherND',
  'GatherElements',
  'Slice',
]);

/** Throws GlassboxError 'unsupported' with one sentence where the model has no such map or decides about something else. */
export function headOf(source: HeadSource): HeadPlace {
  const { graph, facts, decides, file } = source;
  const { classes, link } = decides;
  const [logits] = decides.outputs as [string];
  if (classes === null || decides.decides === 'ends' || decides.task === 'fill-mask') {
    throw new GlassboxError(
      'unsupported',
      `${file} is a model for the task "${decides.task}", whose answers are no labels; influence needs a model that labels texts or tokens.`,
    );
  }
  const map = lastMap(source, logits);
  const dims = staticDims(facts.get(map.features)!);
  const rank = rankOf(facts.get(logits)!);
  const picked = map.chosen || dims.length !== rank;
  if (picked && (decides.decides === 'token' || dims.length !== 3)) {
    throw noMap(file, `its result is chosen from a value of shape [${dims.join(', ')}]`);
  }
  const width = map.weight.length / classes;
  if (dims.at(-1) !== width) throw noMap(file, `its matrix does not fit the ${classes} labels`);
  const bias = map.biases.length > 0;
  const columns = bias ? width + 1 : width;
  const weights = new Float64Array(classes * columns);
  for (let c = 0; c < classes; c++) {
    for (let k = 0; k < width; k++) weights[c * columns + k] = map.weight[c * width + k]!;
    for (const one of map.biases) weights[c * columns + width]! += one[one.length === 1 ? 0 : c]!;
  }
  const all = parametersOf(graph, logits);
  return {
    head: { link, classes, width, bias, weights },
    features: map.features,
    logits,
    pickedFrom: picked ? map.output : null,
    parameters: map.constants.map(
      value =>
        all.find(parameter => parameter.value === value) ?? {
          name: value,
          value,
          dims: graph.constants.get(value)!.dims,
          transposed: false,
        },
    ),
  };
}

interface LinearMap {
  readonly features: string;
  readonly output: string;
  /** [classes, width] */
  readonly weight: readonly number[];
  /** [classes] or [1] each; they are added up. */
  readonly biases: readonly (readonly number[])[];
  readonly constants: readonly string[];
  /** Whether something was chosen from its result. */
  readonly chosen: boolean;
}

/** Walks from the logits back to the first product with a constant matrix. */
function lastMap({ graph, file, decides }: HeadSource, logits: string): LinearMap {
  const makers = new Map(graph.nodes.flatMap(node => node.outputs.map(name => [name, node])));
  const biases: number[][] = [];
  const names: string[] = [];
  const addBias = (value: string, scale: number): boolean => {
    const constant = graph.constants.get(value);
    if (!constant || ![1, decides.classes].includes(sizeOf(constant.dims))) return false;
    biases.push(numbersOf(constant).map(number => scale * number));
    names.push(value);
    return true;
  };
  let [at, chosen] = [logits, false];
  for (;;) {
    const node = makers.get(at);
    if (node?.domain !== '') throw noMap(file, `they are made by "${node?.op ?? at}"`);
    const [first = '', second = '', third = ''] = node.inputs;
    if (node.op === 'Add') {
      if (addBias(second, 1)) at = first;
      else if (addBias(first, 1)) at = second;
      else throw noMap(file, 'they are a sum of two values that both depend on the text');
    } else if (choosing.has(node.op)) {
      if (node.op !== 'Identity') chosen = true;
      at = first;
    } else if (node.op === 'MatMul' || node.op === 'Gemm') {
      const weight = matrixOf(graph, makers, second);
      const biased = third === '' || addBias(third, number(node, 'beta'));
      if (!weight || !biased || isSet(node, 'transA')) {
        throw noMap(file, `the last product ("${node.name}") is not one with fixed weights`);
      }
      // Constants that stand as [width, classes] are turned round.
      const byClass = weight.turned !== isSet(node, 'transB');
      const scale = number(node, 'alpha');
      return {
        features: first,
        output: at,
        weight: classRows(weight.constant, byClass).map(entry => scale * entry),
        biases,
        constants: [weight.name, ...names],
        chosen,
      };
    } else {
      throw noMap(file, `they are made by "${node.op}"`);
    }
  }
}

interface Matrix {
  readonly name: string;
  readonly constant: Constant;
  /** Whether it is read through a transposition, as weights are that are tied to the word vectors. */
  readonly turned: boolean;
}

function matrixOf(graph: Graph, makers: ReadonlyMap<string, Node>, value: string): Matrix | null {
  const constant = graph.constants.get(value);
  if (constant) return constant.dims.length === 2 ? { name: value, constant, turned: false } : null;
  const node = makers.get(value);
  if (node?.op !== 'Transpose' && node?.op !== 'Identity') return null;
  const inner = matrixOf(graph, makers, node.inputs[0]!);
  return inner && { ...inner, turned: inner.turned !== (node.op === 'Transpose') };
}

/** The numbers as [classes, width]; `byClass`: they stand so already. */
function classRows(constant: Constant, byClass: boolean): number[] {
  const numbers = numbersOf(constant);
  if (byClass) return numbers;
  const [rows, columns] = constant.dims as [number, number];
  return Array.from(numbers, (_, i) => numbers[(i % rows) * columns + Math.floor(i / rows)]!);
}

function isSet(node: Node, attribute: string): boolean {
  return number(node, attribute, 0) === 1;
}

function number(node: Node, attribute: string, otherwise = 1): number {
  const found = node.attributes[attribute];
  return found?.kind === 'int' || found?.kind === 'float' ? found.value : otherwise;
}

function noMap(file: string, why: string): GlassboxError {
  return new GlassboxError(
    'unsupported',
    `${file} does not make its logits by a last linear layer (${why}), so there is no head whose influence could be computed exactly; choose the method "cg".`,
  );
}
