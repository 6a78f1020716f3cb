/** (C + damping I)^-1 of a head: one Cholesky factorisation for each independent part of its curvature. */
import { GlassboxError } from '../../../protocol/messages';
import { Cholesky } from '../../linear/cholesky';
import { pairsOf, type Directions, type DirectionPair } from './directions';

/** Unknowns of the largest system that is factored (some 300 MB and 15 seconds): nine tags at a width of 768 have 6,152. */
const mostUnknowns = 6200;

/** Throws GlassboxError 'unsupported' for a head that is too large to be factored. */
export function checkSize({ groups }: Directions, columns: number): void {
  const unknowns = Math.max(...groups.map(group => group.length)) * columns;
  if (unknowns <= mostUnknowns) return;
  throw new GlassboxError(
    'unsupported',
    `The head of this model has ${unknowns} parameters that hang together, and the exact method can factor ${mostUnknowns}; choose the method "cg".`,
  );
}

/** The trace of the Hessian by all parameters of the head. */
export function traceOf(directions: Directions, columns: number, hessian: Float64Array): number {
  let trace = 0;
  pairsOf(directions).forEach(({ first, second }, pair) => {
    if (first !== second) return;
    for (let k = 0; k < columns; k++) trace += hessian[(pair * columns + k) * columns + k]!;
  });
  return trace;
}

export class HeadSystem {
  private constructor(
    private readonly directions: Directions,
    private readonly columns: number,
    private readonly factors: readonly Cholesky[],
  ) {}

  /** `hessian` [pairs, columns, columns] in the order of `pairsOf`. Throws GlassboxError 'unsupported', 'cancelled'. */
  static async of(
    directions: Directions,
    columns: number,
    hessian: Float64Array,
    damping: number,
    signal?: AbortSignal,
  ): Promise<HeadSystem> {
    checkSize(directions, columns);
    const pairs = pairsOf(directions);
    const factors: Cholesky[] = [];
    for (const [index, group] of directions.groups.entries()) {
      const size = group.length * columns;
      const matrix = new Float64Array(size * size);
      pairs.forEach((pair, at) => {
        if (pair.group !== index) return;
        const [a, b] = [group.indexOf(pair.first), group.indexOf(pair.second)];
        // Only the lower triangle is read, so the later direction gives the row.
        for (let k = 0; k < columns; k++) {
          const from = (at * columns + k) * columns;
          matrix.set(
            hessian.subarray(from, from + columns),
            (b * columns + k) * size + a * columns,
          );
        }
      });
      for (let i = 0; i < size; i++) matrix[i * size + i]! += damping;
      factors.push(await factorsOf(matrix, size, signal));
    }
    return new HeadSystem(directions, columns, factors);
  }

  /** The solution for a right side in the directions, [count, columns]. */
  solve(right: Float64Array): Float64Array {
    const { directions, columns } = this;
    const solution = new Float64Array(right.length);
    directions.groups.forEach((group, index) => {
      const own = new Float64Array(group.length * columns);
      group.forEach((direction, i) => {
        own.set(right.subarray(direction * columns, (direction + 1) * columns), i * columns);
      });
      const found = this.factors[index]!.solve(own);
      group.forEach((direction, i) => {
        solution.set(found.subarray(i * columns, (i + 1) * columns), direction * columns);
      });
    });
    return solution;
  }

  /** The inverse's blocks [pairs, columns, columns], in the order of `pairsOf`. Throws GlassboxError 'cancelled'. */
  async inverse(signal?: AbortSignal): Promise<Float64Array> {
    const { directions, columns } = this;
    const pairs = pairsOf(directions);
    const blocks = new Float64Array(pairs.length * columns * columns);
    for (const [index, group] of directions.groups.entries()) {
      const size = group.length * columns;
      const inverse = await this.factors[index]!.inverse(signal);
      const copy = ({ first, second }: DirectionPair, at: number): void => {
        const [a, b] = [group.indexOf(first), group.indexOf(second)];
        for (let k = 0; k < columns; k++) {
          const from = (a * columns + k) * size + b * columns;
          blocks.set(inverse.subarray(from, from + columns), (at * columns + k) * columns);
        }
      };
      pairs.forEach((pair, at) => {
        if (pair.group === index) copy(pair, at);
      });
    }
    return blocks;
  }
}

async function factorsOf(
  matrix: Float64Array,
  size: number,
  signal: AbortSignal | undefined,
): Promise<Cholesky> {
  try {
    return await Cholesky.of(matrix, size, signal);
  } catch (error) {
    if (!(error instanceof GlassboxError) || error.code !== 'unsupported') throw error;
    throw new GlassboxError(
      'unsupported',
      'The curvature of the head is not positive definite, so it has no inverse; use a larger damping.',
    );
  }
}
