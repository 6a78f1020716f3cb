/**
 * Convolutions and poolings slide a window over the spatial axes (all but batch and channels) of a long value and
 * make an entry of a short one of each position. This maps adjoints from one to the other, at any length.
 */
import type { RuleBuilder } from '../ruleBuilder';
import { zerosAround } from './placing';
import type { WindowSettings } from './windowSettings';

/** Kernels with at most this many places are small. */
const fewPlaces = 32;

/** The places of a kernel, row by row. */
function places(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (before, size) =>
      before.flatMap(place => Array.from({ length: size }, (_, at) => [...place, at])),
    [[]],
  );
}

export interface Window {
  /** Values of which only the spatial sizes are used. */
  readonly long: string;
  readonly short: string;
  /** Sizes of the kernel: 1-D int64, and as numbers where they are known. */
  readonly kernel: string;
  readonly kernelSizes: readonly number[] | undefined;
}

export class SlidingWindow {
  /** All starts, then all ends; undefined where they depend on the length. */
  readonly pads: readonly number[] | undefined;
  /** Every place of the long value has its share in the windows' positions: nothing is left over at its end. */
  private readonly everyStep: boolean;
  private readonly axes: readonly number[];

  constructor(
    private readonly settings: WindowSettings,
    private readonly b: RuleBuilder,
    private readonly window: Window,
  ) {
    this.axes = settings.strides.map((_, i) => i + 2);
    this.everyStep = settings.strides.every(stride => stride === 1);
    this.pads = this.fixedPads();
  }

  /** The short value's adjoint as the long one's: each entry spread by the kernel [short, long / group, ...]. */
  toLong(g: string, kernel: string): string {
    const { b, pads } = this;
    const { strides, dilations, group } = this.settings;
    if (pads && this.everyStep) {
      const around = this.padsOfAdjoint(pads);
      if (around) {
        const turned = this.turned(kernel);
        return b.op('Conv', [g, turned], { strides, dilations, group, pads: around });
      }
      return b.op('ConvTranspose', [g, kernel], { strides, dilations, group, pads });
    }
    const wide = b.op('ConvTranspose', [g, kernel], { strides, dilations, group });
    return zerosAround(wide, b, b.neg(this.overhang()), this.axes, this.axes.length + 2);
  }

  /** A long value as a short one: a convolution with the kernel [short, long / group, ...]. */
  toShort(long: string, kernel: string): string {
    const { strides, dilations, group } = this.settings;
    const { value, pads } = this.padded(long, this.pads);
    return this.b.op('Conv', [value, kernel], { strides, dilations, group, ...pads });
  }

  /**
   * The adjoint of the kernel: a convolution of the long value [N, long, ...] with the short one [N, short, ...],
   * batch and channels swapped, strides and dilations too. The groups of long channels go to the batch.
   */
  toKernel(long: string, short: string): string {
    const { b, axes } = this;
    const { strides, dilations, group } = this.settings;
    const sizes = this.window.kernelSizes;
    if (sizes && group === 1 && places(sizes).length <= fewPlaces) {
      return this.toSmallKernel(long, short, sizes);
    }
    const { value, pads } = this.padded(long, this.everyStep ? this.pads : undefined);
    const swap = [1, 0, ...axes];
    let data = b.op('Transpose', [value], { perm: swap });
    if (group > 1) {
      const space = b.shapePart(value, 2, axes.length + 2);
      const apart = [b.shapePart(value, 0, 1), b.ints([group, -1]), space];
      const grouped = b.op('Transpose', [b.reshape(value, b.concat(apart, 0))], {
        perm: [2, 1, 0, ...axes.map(axis => axis + 1)],
      });
      const channels = b.mul(b.shapePart(value, 0, 1), b.ints([group]));
      data = b.reshape(grouped, b.concat([b.ints([-1]), channels, space], 0));
    }
    const made = b.op('Conv', [data, b.op('Transpose', [short], { perm: swap })], {
      strides: dilations,
      dilations: strides,
      group,
      ...pads,
    });
    return b.op('Transpose', [made], { perm: swap });
  }

  /**
   * Without strides, the adjoint of a convolution is one with the kernel turned around, which ONNX Runtime computes
   * several times faster than a ConvTranspose; undefined where it would need negative padding.
   */
  private padsOfAdjoint(pads: readonly number[]): number[] | undefined {
    const { kernelSizes } = this.window;
    if (!kernelSizes) return undefined;
    const reach = kernelSizes.map((size, i) => (size - 1) * this.settings.dilations[i]!);
    const around = pads.map((pad, i) => reach[i % reach.length]! - pad);
    return around.every(pad => pad >= 0) ? around : undefined;
  }

  /** The kernel [short, long / group, ...] as [long, short / group, ...], reversed along the spatial axes. */
  private turned(kernel: string): string {
    const { b, axes } = this;
    const { group } = this.settings;
    const all = (value: number): string => b.ints(axes.map(() => value));
    const bounds = [all(-1), all(-(2 ** 40)), b.ints(axes), all(-1)];
    const reversed = b.op('Slice', [kernel, ...bounds]);
    if (group === 1) return b.op('Transpose', [reversed], { perm: [1, 0, ...axes] });
    const space = b.shapePart(kernel, 2, axes.length + 2);
    const long = b.shapePart(kernel, 1, 2);
    const apart = b.concat([b.ints([group, -1]), long, space], 0);
    const swapped = b.op('Transpose', [b.reshape(reversed, apart)], {
      perm: [0, 2, 1, ...axes.map(axis => axis + 1)],
    });
    const whole = b.concat([b.mul(long, b.ints([group])), b.ints([-1]), space], 0);
    return b.reshape(swapped, whole);
  }

  /**
   * The same as one matrix product: each place of a small kernel has seen a shifted copy of the long value. This is
   * several times faster than ONNX Runtime's convolution with a long kernel.
   */
  private toSmallKernel(long: string, short: string, sizes: readonly number[]): string {
    const { b, axes, pads } = this;
    const rank = axes.length + 2;
    const around = pads && this.everyStep ? b.ints(pads) : this.overhang();
    const value = zerosAround(long, b, around, axes, rank);
    const copies = places(sizes).map(place => {
      const starts = place.map((at, i) => at * this.settings.dilations[i]!);
      const left = place.map((at, i) => (sizes[i]! - 1 - at) * this.settings.dilations[i]!);
      const ends = left.map(rest => (rest === 0 ? 2 ** 40 : -rest));
      return b.op('Slice', [
        value,
        b.ints(starts),
        b.ints(ends),
        b.ints(axes),
        b.ints(this.settings.strides),
      ]);
    });
    const rows = (tensor: string): string => {
      const channels = b.op('Transpose', [tensor], { perm: [1, 0, ...axes] });
      return b.op('Flatten', [channels], { axis: 1 });
    };
    const product = b.op('Gemm', [rows(short), rows(b.concat(copies, 1))], { transB: 1 });
    const apart = b.reshape(product, b.ints([0, ...sizes, -1]));
    return b.op('Transpose', [apart], { perm: [0, rank - 1, ...axes.map(axis => axis - 1)] });
  }

  /** A value padded as far as the windows reach: by an attribute where the padding is known. */
  private padded(value: string, pads: readonly number[] | undefined) {
    if (pads) return { value, pads: { pads } };
    const rank = this.axes.length + 2;
    return { value: zerosAround(value, this.b, this.overhang(), this.axes, rank), pads: {} };
  }

  /** How far the windows reach over the starts and the ends of the long value (negative where not to it). */
  private overhang(): string {
    const { b, axes, window } = this;
    const { strides, dilations, pads, same, outputPadding } = this.settings;
    const one = b.ints([1]);
    const times = (a: string, factors: readonly number[]): string => b.mul(a, b.ints(factors));
    const size = b.sizes(window.long, axes);
    const travel = times(b.sub(b.sizes(window.short, axes), one), strides);
    const reach = b.add(times(b.sub(window.kernel, one), dilations), one);
    const extent = b.add(travel, reach);
    let start = b.ints(pads.slice(0, axes.length));
    if (same) {
      const whole = b.add(extent, b.ints(outputPadding));
      const total = b.op('Max', [b.sub(whole, size), b.ints([0])]);
      start = b.div(same === 'upper' ? total : b.add(total, one), b.ints([2]));
    }
    return b.concat([start, b.sub(b.sub(extent, size), start)], 0);
  }

  private fixedPads(): readonly number[] | undefined {
    const { strides, dilations, pads, same, outputPadding, outputShape, ceil } = this.settings;
    if (ceil && !this.everyStep) return undefined;
    if (outputPadding.some((extra, i) => extra >= strides[i]!)) return undefined;
    if (!same) return pads;
    const { kernelSizes } = this.window;
    if (!this.everyStep || outputShape || !kernelSizes) return undefined;
    const totals = kernelSizes.map((size, i) => (size - 1) * dilations[i]!);
    const starts = totals.map(total => (same === 'upper' ? Math.floor : Math.ceil)(total / 2));
    return [...starts, ...totals.map((total, i) => total - starts[i]!)];
  }
}
