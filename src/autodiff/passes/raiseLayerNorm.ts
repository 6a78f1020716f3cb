/** Recognises layer normalisation over the last axis that an exporter (opset 16 and before) took apart. */
import type { Graph, Node } from '../../onnx/graph';
import type { GraphIndex } from './graphIndex';
import { call, callIf, constant, either, near, number, value } from './pattern';
import { raise } from './raise';

const overLastAxis = (node: Node, index: GraphIndex): boolean => {
  const keepdims = node.attributes['keepdims'];
  const axes = index.ints(node.inputs[1]);
  return (
    axes?.length === 1 && axes[0] === -1 && !(keepdims?.kind === 'int' && keepdims.value === 0)
  );
};

const mean = (of: ReturnType<typeof value>) => callIf('ReduceMean', overLastAxis, of);
const centred = call('Sub', value('x'), mean(value('x')));
const square = either(call('Pow', centred, near(2)), call('Mul', centred, centred));
const deviation = call('Sqrt', call('Add', mean(square), number('epsilon')));
const normalised = call('Div', centred, deviation);
const affine = call('Add', call('Mul', normalised, constant('scale')), constant('bias'));

/** (x - mean) / sqrt(mean((x - mean)^2) + epsilon) * scale + bias */
export function raiseLayerNorm(graph: Graph): Graph {
  return raise(graph, 'Add', affine, ({ values, numbers }) => ({
    op: 'LayerNormalization',
    inputs: [values['x']!, values['scale']!, values['bias']!],
    attributes: { axis: -1, epsilon: numbers['epsilon']! },
  }));
}
