/** Weights of matrix products in a loop: their adjoint is one product of what the steps have stacked. */
import type { Node } from '../../onnx/graph';
import type { NodeView } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';
import type { ScanParts } from '../scanParts';
import { rankOf, staticDims, type ValueFacts } from '../shapes';
import { unbroadcast } from '../unbroadcast';

/** A value from outside, in its place as weight or bias of a product in the body. */
export interface WeightUse {
  readonly weight: string;
  readonly node: Node;
  /** Which input of the node it is. */
  readonly place: number;
  /** The product itself, whose adjoint has to be stacked. */
  readonly product: string;
  /** The other operand, if it has to be stacked too. */
  readonly rows: string | null;
  /** The sum over the steps of the adjoint, from the stacks ([steps, ...], in one order). */
  readonly adjoint: (b: RuleBuilder, products: string, rows: string) => string;
}

/** The places where the products MatMul and Gemm of a body take one of `weights`. */
export function findWeightUses(
  parts: ScanParts,
  weights: ReadonlySet<string>,
  n: NodeView,
): WeightUse[] {
  const own = new Set([
    ...parts.states.map(state => state.before),
    ...parts.inputs.map(port => port.inner),
    ...parts.nodes.flatMap(node => node.outputs),
  ]);
  return parts.nodes.flatMap((node): WeightUse[] => {
    const [rows, matrix, bias] = node.inputs;
    const gemm = node.op === 'Gemm';
    if (!(gemm || node.op === 'MatMul') || node.domain !== '') return [];
    const product = node.outputs[0]!;
    const output = n.factsOf(product);
    const number = (name: string, otherwise: number): number => {
      const attribute = node.attributes[name];
      return attribute?.kind === 'int' || attribute?.kind === 'float' ? attribute.value : otherwise;
    };
    const uses: WeightUse[] = [];
    const tall = own.has(rows!) && rankOf(n.factsOf(rows!)) >= 2 && number('transA', 0) === 0;
    if (tall && weights.has(matrix!) && rankOf(n.factsOf(matrix!)) === 2) {
      const left = n.factsOf(rows!);
      const adjoint: WeightUse['adjoint'] = (b, products, stack) => {
        const [x, g] = [asRows(b, stack, left), asRows(b, products, output)];
        const order = number('transB', 0) === 1 ? [g, x] : [x, g];
        return b.op('Gemm', order, { transA: 1, alpha: number('alpha', 1) });
      };
      uses.push({ weight: matrix!, node, place: 1, product, rows: rows!, adjoint });
    }
    if (gemm && bias && weights.has(bias)) {
      const to = n.factsOf(bias);
      const adjoint: WeightUse['adjoint'] = (b, products) => {
        // How many steps there are does not matter: that axis is summed over.
        const from = output.dims.map(dims => [1, ...dims]);
        return b.scale(unbroadcast(b, products, from, to), number('beta', 1));
      };
      uses.push({ weight: bias, node, place: 2, product, rows: null, adjoint });
    }
    return uses;
  });
}

/** A stack of tensors with these facts, as one matrix with their last axis as columns. */
function asRows(b: RuleBuilder, stack: string, facts: ValueFacts): string {
  const width = staticDims(facts).at(-1);
  return b.reshape(
    stack,
    width ? b.ints([-1, width]) : b.concat([b.ints([-1]), b.shapePart(stack, -1, 2 ** 31)], 0),
  );
}
