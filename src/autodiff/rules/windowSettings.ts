/** How a convolution or pooling slides its window, read from the attributes of its node. */
import type { NodeView } from '../rule';

/** Lists have an entry a spatial axis; `pads` has all starts, then all ends. */
export interface WindowSettings {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  /** Further entries at the ends of what a ConvTranspose makes. */
  readonly outputPadding: readonly number[];
  readonly group: number;
  /** Which end gets the odd entry where the padding follows from the lengths; undefined where it is given. */
  readonly same: 'upper' | 'lower' | undefined;
  /** The lengths of what a ConvTranspose makes are given. */
  readonly outputShape: boolean;
  /** The last window may reach further than the padding. */
  readonly ceil: boolean;
}

export function windowSettings(n: NodeView): WindowSettings {
  const count = n.rank(0) - 2;
  const all = (value: number): number[] => Array<number>(count).fill(value);
  const autoPad = n.string('auto_pad', 'NOTSET');
  const outputShape = n.ints('output_shape') !== undefined;
  const upper = autoPad === 'SAME_UPPER' ? 'upper' : 'lower';
  return {
    strides: n.ints('strides') ?? all(1),
    dilations: n.ints('dilations') ?? all(1),
    pads: n.ints('pads') ?? [...all(0), ...all(0)],
    outputPadding: n.ints('output_padding') ?? all(0),
    group: n.int('group', 1),
    same: autoPad.startsWith('SAME') || outputShape ? upper : undefined,
    outputShape,
    ceil: n.int('ceil_mode', 0) === 1,
  };
}

/** The settings of some of the spatial axes, counted from 0. */
export function ofAxes(settings: WindowSettings, axes: readonly number[]): WindowSettings {
  const count = settings.strides.length;
  const pick = (list: readonly number[]): number[] => axes.map(axis => list[axis]!);
  return {
    ...settings,
    strides: pick(settings.strides),
    dilations: pick(settings.dilations),
    pads: [...pick(settings.pads), ...axes.map(axis => settings.pads[axis + count]!)],
    outputPadding: pick(settings.outputPadding),
  };
}
