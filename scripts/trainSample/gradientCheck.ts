import type { NetworkSize } from './network';
import { parameterShapes } from './network';
import type { Random } from './random';
import { TrainingGraph, type Batch, type Parameters } from './trainingGraph';

/** One parameter tensor, moved a little along a random direction. */
export interface GradientCheck {
  readonly parameter: string;
  /** Derivative along the direction by the gradient graph. */
  readonly gradient: number;
  /** The same by central differences of the loss. */
  readonly differences: number;
  /** |gradient - differences| over the larger of the two, or over 1e-2 where both are smaller. */
  readonly error: number;
}

/**
 * Lengths of a step in parameter space. Long ones meet curvature and the kinks of ReLU, short ones the rounding of
 * float32, and where each begins depends on the parameter: the length that agrees best counts. A wrong gradient
 * agrees at none.
 */
const steps = [3e-3, 1e-3, 3e-4, 1e-4];

/**
 * Compares the gradient of the loss with central differences for every parameter tensor. (In float32: ONNX
 * Runtime has no float64 kernel for GELU or Erf.) Directions are the gradient plus noise of its size, so that
 * the slope along them is not lost among the last digits of the loss, nor blind to entries that are zero.
 */
export async function checkGradients(
  size: NetworkSize,
  parameters: Parameters,
  batch: Batch,
  random: Random,
): Promise<GradientCheck[]> {
  const graph = await TrainingGraph.create(size, { threads: 2 });
  try {
    const { gradients } = await graph.run(parameters, batch);
    const checks: GradientCheck[] = [];
    for (const name of parameterShapes(size).keys()) {
      const slope = gradients.get(name)!;
      const direction = noisyDirection(slope, random);
      const moved = (by: number): Promise<number> => {
        const values = parameters.get(name)!.map((value, i) => value + by * direction[i]!);
        return graph.loss(new Map(parameters).set(name, values), batch);
      };
      const gradient = direction.reduce((sum, d, i) => sum + d * slope[i]!, 0);
      const tries: GradientCheck[] = [];
      for (const step of steps) {
        const differences = ((await moved(step)) - (await moved(-step))) / (2 * step);
        const scale = Math.max(Math.abs(gradient), Math.abs(differences), 1e-2);
        const error = Math.abs(gradient - differences) / scale;
        tries.push({ parameter: name, gradient, differences, error });
      }
      checks.push(tries.reduce((best, one) => (one.error < best.error ? one : best)));
    }
    return checks;
  } finally {
    await graph.release();
  }
}

/** The gradient plus normal noise of the same length, scaled to length 1. */
function noisyDirection(gradient: Float32Array, random: Random): Float64Array {
  const spread = norm(gradient) / Math.sqrt(gradient.length) + 1e-12;
  const direction = Float64Array.from(gradient, g => g + spread * random.normal());
  const length = norm(direction);
  return direction.map(value => value / length);
}

function norm(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
