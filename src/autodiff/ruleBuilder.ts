/** The vocabulary of the derivative rules: short names for the ops that they emit. */
import { GraphBuilder } from '../onnx/builder';
import { constantOf } from '../onnx/tensorData';
import type { DataType } from '../onnx/graph';
import { rankOf, staticDims, type ValueFacts } from './shapes';

export class RuleBuilder extends GraphBuilder {
  /** Type of the node that is being differentiated; numbers are made in it. */
  dtype: DataType = 'float32';

  add = (a: string, b: string): string => this.op('Add', [a, b]);
  sub = (a: string, b: string): string => this.op('Sub', [a, b]);
  mul = (a: string, b: string): string => this.op('Mul', [a, b]);
  div = (a: string, b: string): string => this.op('Div', [a, b]);
  neg = (a: string): string => this.op('Neg', [a]);
  exp = (a: string): string => this.op('Exp', [a]);
  shape = (a: string): string => this.op('Shape', [a]);
  where = (c: string, a: string, b: string): string => this.op('Where', [c, a, b]);
  matmul = (a: string, b: string): string => this.op('MatMul', [a, b]);
  reshape = (a: string, shape: string): string => this.op('Reshape', [a, shape]);
  concat = (parts: string[], axis: number): string => this.op('Concat', parts, { axis });
  cast = (a: string): string => this.op('Cast', [a], { to: this.dtype });

  /** A constant of the type in hand. */
  number(value: number): string {
    return this.scalar(value, this.dtype);
  }

  /** a * number */
  scale(a: string, factor: number): string {
    return factor === 1 ? a : this.mul(a, this.number(factor));
  }

  /** Sum over axes that stay, with size 1. */
  sum(a: string, axes: readonly number[], keepdims = 1): string {
    return this.op('ReduceSum', [a, this.ints(axes)], { keepdims });
  }

  mean(a: string, axes: readonly number[]): string {
    return this.op('ReduceMean', [a, this.ints(axes)], { keepdims: 1 });
  }

  unsqueeze(a: string, axes: readonly number[]): string {
    return this.op('Unsqueeze', [a, this.ints(axes)]);
  }

  squeeze(a: string, axes: readonly number[]): string {
    return this.op('Squeeze', [a, this.ints(axes)]);
  }

  /** Swaps the last two of `rank` axes. */
  swapLast(a: string, rank: number): string {
    const perm = Array.from({ length: rank }, (_, axis) => axis);
    perm.push(perm.pop()!, perm.pop()!);
    return this.op('Transpose', [a], { perm });
  }

  expandLike(a: string, like: string): string {
    return this.op('Expand', [a, this.shape(like)]);
  }

  /** Zeros of a run-time shape (a 1-D int64 value). */
  zeros(shape: string): string {
    const value = constantOf(this.dtype, [1], [0]);
    return this.op('ConstantOfShape', [shape], { value });
  }

  /** Sizes of some axes of a value: 1-D int64. */
  sizes(a: string, axes: readonly number[]): string {
    return this.op('Gather', [this.shape(a), this.ints(axes)], { axis: 0 });
  }

  /** Axes from..to-1 of a value's shape: 1-D int64. */
  shapePart(a: string, start: number, end: number): string {
    return this.op('Shape', [a], { start, end });
  }

  /**
   * Gives `a`, of the shape of `from`, the shape of `value`. Where at most one dimension is unknown, the shape
   * is a constant (0 stands for "as before"), which spares the run-time shape arithmetic.
   */
  reshapeLike(a: string, from: ValueFacts, value: string, to: ValueFacts): string {
    const dims = staticDims(to);
    const asBefore = (axis: number): boolean =>
      axis < rankOf(from) && from.dims.every((dim, probe) => dim[axis] === to.dims[probe]![axis]);
    const shape = dims.map((dim, axis) => dim ?? (asBefore(axis) ? 0 : -1));
    const known = shape.filter(dim => dim === -1).length <= 1 && !dims.includes(0);
    return this.reshape(a, known ? this.ints(shape) : this.shape(value));
  }
}
