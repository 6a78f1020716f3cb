/**
 * The names that parameters had in the training framework. PyTorch's exporters keep most, but a weight that they
 * transposed for MatMul becomes `onnx::MatMul_356` (TorchScript) or `val_58` (dynamo), and recurrent weights, whose
 * gates they reorder, `onnx::LSTM_195`. The module that such a weight belongs to is that of the node that uses it.
 */
import type { Node } from '../../onnx/graph';
import type { Use } from './uses';

export interface ParameterName {
  readonly name: string;
  /** The graph holds the transpose of the framework's matrix. */
  readonly transposed: boolean;
}

/** `value` is the constant's name in the graph. */
export function parameterName(value: string, uses: readonly Use[]): ParameterName {
  const asItIs = { name: value, transposed: false };
  if (isModulePath(value)) return asItIs;
  const use = uses.find(({ role }) => role !== undefined);
  const scope = use && scopeOf(use.node);
  if (use?.role === undefined || scope === undefined) return asItIs;
  const { node, role } = use;
  const name = [scope, role + layerOf(node)].filter(part => part !== '').join('.');
  // torch.nn.Linear holds [out, in]; MatMul needs [in, out].
  const transB = node.attributes['transB'];
  const linear = node.op === 'MatMul' || (node.op === 'Gemm' && role === 'weight');
  const turned = transB?.kind === 'int' && transB.value === 1;
  return { name, transposed: linear && use.input === 1 && !turned };
}

/** True for a name as frameworks give it, such as `bert.pooler.dense.weight`; exporters' own look otherwise. */
export function isModulePath(name: string): boolean {
  return /^\w+(\.\w+)+$/u.test(name) && !/_output_\d+$/u.test(name);
}

/** 'bert.pooler.dense', the module that a node was part of; undefined where the exporter did not say. */
function scopeOf(node: Node): string | undefined {
  // Dynamo: "['', 'bert', 'bert.pooler', 'bert.pooler.dense', 'linear_12']", the last being the call itself.
  const scopes = node.metadata?.['pkg.torch.onnx.name_scopes'];
  const list = [...(scopes ?? '').matchAll(/'([^']*)'/gu)].map(match => match[1]!);
  if (list.length >= 2) return list.at(-2);
  // TorchScript: "/bert/pooler/dense/MatMul".
  return node.name.startsWith('/') ? node.name.split('/').slice(1, -1).join('.') : undefined;
}

/** PyTorch numbers the layers of one recurrent module; TorchScript exports a node for each: LSTM, LSTM_1, ... */
function layerOf(node: Node): string {
  if (!['LSTM', 'GRU', 'RNN'].includes(node.op)) return '';
  return `_l${/_(\d+)$/u.exec(node.name)?.[1] ?? '0'}`;
}
