/** The columns of the tables of cases. */
import type { GraphBuilder, PlainAttribute, PlainAttributes } from '../../../../src/onnx/builder';
import type { DataType } from '../../../../src/onnx/graph';
import type { Case, Dim } from '../../../support/finiteDifferences';

export type More = Partial<Case>;

/** Ops that ONNX Runtime has no float64 kernel for. */
export const single = { dtype: 'float32' } as const;
/** The same for functions that are linear in each input: differences are exact for any step, so a large one is best. */
export const multilinear = { ...single, tolerance: { step: 0.5, error: 2e-5 } } as const;

/** For kinks: values far apart, lest a step crosses one. */
export const apart = { ...single, domain: (x: number): number => 20 * x } as const;

/** A place where the function has a kink, and central differences are its mean slope. */
export const at = (value: number) => ({ orders: 1, domain: () => value }) as const;

export const away = (x: number): number => x + Math.sign(x) * 0.3;
export const positive = (x: number): number => Math.abs(x) + 0.5;
/** Strictly between -1 and 1. */
export const unit = (x: number): number => 0.8 * Math.sin(x);

export function float(value: number): PlainAttribute {
  return { kind: 'float', value };
}

/** Shapes of the inputs: 'B L 2, 3' for [B, L, 2] and [3]; nothing for a scalar. */
function shapesOf(text: string): Dim[][] {
  return text.split(',').map(shape => shape.split(' ').filter(Boolean).map(dimOf));
}

function dimOf(text: string): Dim {
  return text === 'B' || text === 'L' ? text : Number(text);
}

/** An op of floating-point inputs only. */
export function plain(
  op: string,
  shapes: string,
  attributes: PlainAttributes = {},
  more: More = {},
): Case {
  const shown = Object.keys(attributes).length > 0 ? JSON.stringify(attributes) : '';
  return {
    name: `${op} (${shapes}) ${shown}`,
    inputs: shapesOf(shapes),
    build: (b, x) => b.op(op, x, attributes),
    ...more,
  };
}

/** A function of one floating-point input. */
export function ofOne(
  name: string,
  shape: string,
  build: (b: GraphBuilder, x: string, dtype: DataType) => string | string[],
  more: More = {},
): Case {
  return {
    name: `${name} (${shape})`,
    inputs: shapesOf(shape),
    build: (b, x, t) => build(b, x[0]!, t),
    ...more,
  };
}

/** A function of several floating-point inputs. */
export function ofMany(name: string, shapes: string, build: Case['build'], more: More = {}): Case {
  return { name: `${name} (${shapes})`, inputs: shapesOf(shapes), build, ...more };
}
