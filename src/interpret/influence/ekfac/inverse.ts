/** (C + damping I)^-1 by EK-FAC: into the eigenbases, divided by eigenvalue + damping, and back (George et al. 2018, equation 5). */
import { emptyGraph, GraphBuilder } from '../../../onnx/builder';
import type { Releasable } from '../../../model/model';
import { Session, type TensorValue } from '../../../runtime/session';
import type { RunOptions } from '../../task/predictRows';
import { breathe } from '../../pause';
import type { LayerFactors } from './factors';
import type { LayerMatrices, LinearLayer } from './linearLayers';

/** Of each layer's mean eigenvalue, where no damping is given (Grosse et al. 2023, section 3.1). */
const automatic = 0.1;
/** Eigenvalues below this part of the largest are rounding errors of single precision. */
const roundOff = 1e-12;

/** What is added to the eigenvalues of each layer. */
export function dampings(factors: readonly LayerFactors[], wanted: number | null): number[] {
  return factors.map(({ eigenvalues }) => wanted ?? automatic * mean(eigenvalues));
}

/** 1 / (eigenvalue + damping), [outputs, columns]; without damping 0 for eigenvalues that are 0 but for rounding. */
export function inverted({ eigenvalues }: LayerFactors, damping: number): Float64Array {
  const least = damping > 0 ? 0 : roundOff * eigenvalues.reduce((a, b) => Math.max(a, b), 0);
  return eigenvalues.map(value => (value + damping > least ? 1 / (value + damping) : 0));
}

/** Matrix products in float64, on the CPU. */
export class Inverse implements Releasable {
  private constructor(private readonly session: Session) {}

  static async open(): Promise<Inverse> {
    const graph = emptyGraph('EK-FAC inverse');
    const b = new GraphBuilder(graph);
    const [matrix, inputs, outputs, inverse] = ['matrix', 'inputs', 'outputs', 'inverse'].map(
      name => b.input(name, 'float64', [null, null]),
    ) as [string, string, string, string];
    const turned = (value: string): string => b.op('Transpose', [value], { perm: [1, 0] });
    const product = (...[first, ...others]: [string, ...string[]]): string =>
      others.reduce((left, right) => b.op('MatMul', [left, right]), first);
    const divided = b.op('Mul', [product(turned(outputs), matrix, inputs), inverse]);
    b.output(product(outputs, divided, turned(inputs)), 'result');
    return new Inverse(await Session.of(graph));
  }

  /** Throws GlassboxError 'cancelled' between two layers. */
  async times(
    layers: readonly LinearLayer[],
    factors: readonly LayerFactors[],
    damping: readonly number[],
    matrices: LayerMatrices,
    options: RunOptions = {},
  ): Promise<Float64Array[]> {
    const found: Float64Array[] = [];
    for (const [at, { outputs, columns }] of layers.entries()) {
      await breathe(options);
      const layer = factors[at]!;
      const { result } = await this.session.run({
        matrix: tensor(matrices[at]!, outputs, columns),
        inputs: tensor(layer.inputs, columns, columns),
        outputs: tensor(layer.outputs, outputs, outputs),
        inverse: tensor(inverted(layer, damping[at]!), outputs, columns),
      });
      found.push(result!.data as Float64Array);
    }
    return found;
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

function tensor(data: Float64Array, rows: number, columns: number): TensorValue {
  return { dtype: 'float64', dims: [rows, columns], data };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
