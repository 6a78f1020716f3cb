/** Spatial axes of [N, C, ...] moved into the channels, and back. Axes are counted from 0, without N and C. */
import type { RuleBuilder } from '../ruleBuilder';

export class FoldedAxes {
  private readonly perm: readonly number[];

  constructor(
    private readonly b: RuleBuilder,
    /** Those that go to the channels, and those that stay. */
    private readonly gone: readonly number[],
    left: readonly number[],
  ) {
    this.perm = [0, 1, ...gone.map(axis => axis + 2), ...left.map(axis => axis + 2)];
  }

  /** [N, C, gone and left] as [N, C gone, left]. */
  folded(value: string): string {
    const { b, perm } = this;
    const moved = b.op('Transpose', [value], { perm });
    const sizes = b.sizes(value, perm.slice(2 + this.gone.length));
    return b.reshape(moved, b.concat([b.ints([0, -1]), sizes], 0));
  }

  /** Back to the shape of `like`. */
  unfolded(value: string, like: string): string {
    const { b, perm } = this;
    const apart = b.reshape(value, b.sizes(like, perm));
    return b.op('Transpose', [apart], { perm: perm.map((_, axis) => perm.indexOf(axis)) });
  }

  /** [N, C, gone and left], where those gone have size 1, without them. */
  dropped(value: string): string {
    return this.b.squeeze(
      value,
      this.gone.map(axis => axis + 2),
    );
  }
}
