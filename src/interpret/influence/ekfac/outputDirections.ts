/**
 * The Gauss-Newton matrix needs the Hessian S of a row's loss by its logits, as a sum S = sum_j s_j s_j^T: then the row's part is
 * sum_j g_j g_j^T with g_j the gradient of <s_j, logits>, one backward pass each. Here the s_j are made of the logits.
 */
import type { Derivation } from '../../../autodiff/compose';
import type { GraphBuilder } from '../../../onnx/builder';
import type { Head } from '../../../model/head';
import type { Feeds } from '../../../runtime/session';
import { Seeded } from '../../random';
import type { Example } from '../curvature/batches';

/** More outputs than this are not gone through one by one: random directions have the same S in expectation. */
const mostExact = 8;

/** Inputs that `appendDirections` declares where something is drawn. */
const names = {
  /** [rows, tokens] or [rows, outputs]: what a decision's direction is multiplied by; -1, 1, or 0 for a decision that does not count. */
  signs: 'directions/signs',
  /** Uniform in [0, 1), one a decision: [rows] or [rows, tokens]. */
  draws: 'directions/draws',
} as const;

export interface DirectionPlan {
  readonly count: number;
  /** How they are found, for people. */
  readonly says: string;
  /** They sum up to S itself, not only in expectation. */
  readonly exact: boolean;
  readonly signs: 'tokens' | 'outputs' | null;
  readonly draws: boolean;
}

export function planDirections(
  { decides, link, classes }: Head,
  vocabulary: number,
): DirectionPlan {
  const outputs = classes ?? vocabulary;
  const few = outputs <= mostExact;
  if (link === 'softmax') {
    const tokens = decides === 'token';
    const says = few
      ? `the exact curvature of the loss by the logits${tokens ? ', with a random sign for each token' : ''}`
      : `labels drawn from what the model predicts (${outputs} are too many to go through)`;
    const signs = tokens ? 'tokens' : null;
    return { count: few ? outputs - 1 : 1, says, exact: few && !tokens, signs, draws: !few };
  }
  const says = few
    ? 'the exact curvature of the loss by the outputs'
    : `a random sign for each of ${outputs} outputs`;
  return {
    count: few ? outputs : 1,
    says,
    exact: few,
    signs: few ? null : 'outputs',
    draws: false,
  };
}

/**
 * Appends the directions, values of the shape of `logits` [rows, outputs] or [rows, tokens, outputs]. `weights` [rows] scales each row's
 * S, so it enters by its root.
 */
export function appendDirections(
  derivation: Derivation,
  { link }: Head,
  plan: DirectionPlan,
  logits: string,
  weights: string,
): string[] {
  const { dims } = derivation.factsOf(logits);
  const rank = dims[0]!.length;
  const outputs = dims[0]!.at(-1)!;
  if (plan.draws)
    derivation.input(
      names.draws,
      'float32',
      dims.map(probe => probe.slice(0, -1)),
    );
  if (plan.signs) {
    const shape = plan.signs === 'tokens' ? -1 : undefined;
    derivation.input(
      names.signs,
      'float32',
      dims.map(probe => probe.slice(0, shape)),
    );
  }
  const b = derivation.builder('directions/');
  const axes = Array.from({ length: rank - 1 }, (_, i) => i + 1);
  let scale = b.op('Unsqueeze', [b.op('Sqrt', [weights]), b.ints(axes)]);
  if (plan.signs === 'tokens') {
    scale = b.op('Mul', [scale, b.op('Unsqueeze', [names.signs, b.ints([-1])])]);
  } else if (plan.signs === 'outputs') scale = b.op('Mul', [scale, names.signs]);
  const found =
    link !== 'softmax'
      ? outputDirections(b, link, logits, plan.signs ? null : outputs)
      : plan.draws
        ? [drawnLabel(b, logits)]
        : softmaxDirections(b, logits, outputs);
  return found.map(direction => b.op('Mul', [direction, scale]));
}

/**
 * The columns of the Cholesky factor of diag(p) - p p^T, which has a closed form (Tanabe and Sagae 1992): with the tail sums
 * q_j = p_j + ... + p_C, s_j is 0 before j, d_j = sqrt(p_j q_{j+1} / q_j) at j, and -d_j p_k / q_{j+1} at k after it. The last is 0.
 */
function softmaxDirections(b: GraphBuilder, logits: string, outputs: number): string[] {
  const p = b.op('Softmax', [logits], { axis: -1 });
  const tail = (from: number): string =>
    b.op('MatMul', [
      p,
      b.constant(
        'float32',
        [outputs, 1],
        mask(outputs, k => k >= from),
      ),
    ]);
  return Array.from({ length: outputs - 1 }, (_, j) => {
    const pj = b.op('MatMul', [
      p,
      b.constant(
        'float32',
        [outputs, 1],
        mask(outputs, k => k === j),
      ),
    ]);
    // Sums that underflow stand below a numerator that is 0, too.
    const after = b.op('Max', [tail(j + 1), b.scalar(tiny)]);
    const all = b.op('Max', [tail(j), b.scalar(tiny)]);
    const d = b.op('Sqrt', [b.op('Mul', [pj, b.op('Div', [after, all])])]);
    const rest = b.op('Mul', [
      p,
      b.constant(
        'float32',
        [outputs],
        mask(outputs, k => k > j),
      ),
    ]);
    const at = b.constant(
      'float32',
      [outputs],
      mask(outputs, k => k === j),
    );
    return b.op('Mul', [d, b.op('Sub', [at, b.op('Div', [rest, after])])]);
  });
}

/** e_y - p with y drawn from p: the gradient of the loss for a label that the model itself gives (Fisher). */
function drawnLabel(b: GraphBuilder, logits: string): string {
  const p = b.op('Softmax', [logits], { axis: -1 });
  const draw = b.op('Unsqueeze', [names.draws, b.ints([-1])]);
  const below = b.op('CumSum', [p, b.int(-1)], { exclusive: 1 });
  const passed = b.op('Cast', [b.op('LessOrEqual', [below, draw])], { to: 'float32' });
  // 1 for each label up to the drawn one: it is the last, whatever the rounding of the sums.
  const total = b.op('ReduceSum', [passed, b.ints([-1])], { keepdims: 1 });
  const rank = b.op('CumSum', [passed, b.int(-1)], {});
  const chosen = b.op('Mul', [
    passed,
    b.op('Cast', [b.op('Equal', [rank, total])], { to: 'float32' }),
  ]);
  return b.op('Sub', [chosen, p]);
}

/** S is diagonal: p (1 - p) for labels that do not exclude one another, 2 for squared errors. All at once for `outputs` null. */
function outputDirections(
  b: GraphBuilder,
  link: Exclude<Head['link'], 'softmax'>,
  logits: string,
  outputs: number | null,
): string[] {
  const curved = (): string => {
    const p = b.op('Sigmoid', [logits]);
    return b.op('Sqrt', [b.op('Mul', [p, b.op('Sigmoid', [b.op('Neg', [logits])])])]);
  };
  const roots = link === 'sigmoid' ? curved() : b.scalar(Math.SQRT2);
  if (outputs === null) return [roots];
  // Added to zeros of the logits' shape, for 2 has none of its own.
  const zeros = b.op('Mul', [logits, b.scalar(0)]);
  return Array.from({ length: outputs }, (_, at) => {
    const one = b.constant(
      'float32',
      [outputs],
      mask(outputs, k => k === at),
    );
    return b.op('Add', [zeros, b.op('Mul', [roots, one])]);
  });
}

/** The inputs of a batch; what is drawn for an example depends on the seed and its number alone. `count`: rows with those that fill up. */
export function feedsOfDirections(
  plan: DirectionPlan,
  outputs: number,
  examples: readonly Example[],
  numbers: readonly number[],
  { seed, columns, count }: { seed: number; columns: number; count: number },
): Feeds {
  const width = plan.signs === 'outputs' ? outputs : plan.signs === 'tokens' ? columns : 1;
  const signs = new Float32Array(count * width);
  const draws = new Float32Array(count * width);
  examples.forEach(({ row, target }, i) => {
    const random = new Seeded(seed, `direction ${numbers[i]!}`);
    const decisions = plan.signs === 'tokens' ? Math.min(row.ids.length, columns) : width;
    for (let at = 0; at < decisions; at++) {
      const counts = plan.signs !== 'tokens' || isLabel(target, at);
      const [sign, draw] = [random.next() < 0.5 ? -1 : 1, random.next()];
      // Drawn labels are independent of one another already.
      signs[i * width + at] = counts ? (plan.draws ? 1 : sign) : 0;
      draws[i * width + at] = Math.fround(draw);
    }
  });
  const tensor = (data: Float32Array, dims: number[]) =>
    ({ dtype: 'float32', dims, data }) as const;
  const shape = plan.signs === null ? [count] : [count, width];
  return {
    ...(plan.signs ? { [names.signs]: tensor(signs, [count, width]) } : {}),
    ...(plan.draws ? { [names.draws]: tensor(draws, shape) } : {}),
  };
}

/** Of a tagger. */
function isLabel(target: Example['target'], at: number): boolean {
  return typeof target !== 'number' && (target[at] ?? -1) >= 0;
}

/** Below every sum of probabilities that matters in float32. */
const tiny = 1e-30;

function mask(size: number, holds: (k: number) => boolean): number[] {
  return Array.from({ length: size }, (_, k) => Number(holds(k)));
}
