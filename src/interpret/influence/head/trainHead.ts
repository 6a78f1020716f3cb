/** The optimum of a head on given features: what leave-one-out and flipped labels retrain to. */
import { directionsOf, lifted, projected, type Directions } from './directions';
import type { FeatureSource } from './features';
import { headPass, type HeadPass } from './headPass';
import { HeadSystem } from './headSystem';
import { columnsOf, type LinearHead } from './linearHead';
import { RowProducts } from './rowProducts';

export interface TrainOptions {
  /** L2: the objective is sum_i w_i loss_i / n + damping / 2 |W|^2, biases included. More than 0. */
  readonly damping: number;
  /** w_i, 1 by default; 0 leaves a row out (n stays the number of all rows). */
  readonly weight?: (row: number) => number;
  /** Largest gradient norm of the objective that counts as its optimum. */
  readonly tolerance?: number;
  readonly signal?: AbortSignal;
}

export interface TrainedHead {
  readonly head: LinearHead;
  readonly objective: number;
  readonly gradientNorm: number;
  readonly steps: number;
  /** Whether the tolerance was reached. */
  readonly converged: boolean;
}

const mostSteps = 50;
const mostHalvings = 30;
/** Of the decrease that the gradient promises (Armijo's condition). */
const promise = 1e-4;

/**
 * Newton's method with step halving from `start`: the objective is strictly convex, so its optimum is unique. A step costs a pass and a
 * factorisation. Throws GlassboxError 'cancelled', and 'unsupported' for a head that is too large.
 */
export async function trainHead(
  source: FeatureSource,
  start: LinearHead,
  { damping, weight, tolerance = 1e-9, signal }: TrainOptions,
): Promise<TrainedHead> {
  const directions = directionsOf(start.link, start.classes);
  const gram = await RowProducts.gram(start.width, start.bias);
  const at = async (weights: Float64Array): Promise<Place> => {
    const head = { ...start, weights };
    const pass = await headPass(source, head, directions, gram, { weight, signal });
    return placeOf(head, pass, damping);
  };
  try {
    let place = await at(start.weights);
    let steps = 0;
    while (place.gradientNorm > tolerance && steps < mostSteps) {
      const next = await newtonStep(place, directions, damping, at, signal);
      if (next === null) break;
      place = next;
      steps++;
    }
    const { head, objective, gradientNorm } = place;
    return { head, objective, gradientNorm, steps, converged: gradientNorm <= tolerance };
  } finally {
    await gram.release();
  }
}

/** The objective and its derivatives at some weights. */
interface Place {
  readonly head: LinearHead;
  readonly objective: number;
  /** [classes, columns] */
  readonly gradient: Float64Array;
  readonly gradientNorm: number;
  readonly hessian: Float64Array;
}

function placeOf(head: LinearHead, pass: HeadPass, damping: number): Place {
  const { weights } = head;
  const gradient = pass.gradient.map((value, i) => value + damping * weights[i]!);
  return {
    head,
    objective: pass.loss + (damping / 2) * dot(weights, weights),
    gradient,
    gradientNorm: Math.sqrt(dot(gradient, gradient)),
    hessian: pass.hessian,
  };
}

/** Null where rounding leaves nothing to gain. */
async function newtonStep(
  { head, objective, gradient, gradientNorm, hessian }: Place,
  directions: Directions,
  damping: number,
  at: (weights: Float64Array) => Promise<Place>,
  signal: AbortSignal | undefined,
): Promise<Place | null> {
  const system = await HeadSystem.of(directions, columnsOf(head), hessian, damping, signal);
  const inside = projected(directions, gradient);
  const step = lifted(directions, system.solve(inside));
  // Outside the directions the objective curves by its damping alone.
  const seen = lifted(directions, inside);
  for (let i = 0; i < step.length; i++) step[i]! += (gradient[i]! - seen[i]!) / damping;
  const slope = dot(gradient, step);
  for (let halvings = 0, size = 1; halvings < mostHalvings; halvings++, size /= 2) {
    const next = await at(head.weights.map((value, i) => value - size * step[i]!));
    const enough = next.objective <= objective - promise * size * slope;
    // At the optimum the objective cannot tell two places apart any more, but their gradients can.
    const level = Math.abs(next.objective - objective) <= 1e-13 * Math.abs(objective);
    if (enough || (level && next.gradientNorm < gradientNorm)) return next;
    if (level) return null;
  }
  return null;
}

function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, value, i) => sum + value * y[i]!, 0);
}
