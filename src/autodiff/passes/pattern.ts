/** Matches small expressions in a graph, to recognise what exporters took apart. */
import type { Node } from '../../onnx/graph';
import type { GraphIndex } from './graphIndex';

/** What the names of a pattern stood for. */
export interface Bindings {
  readonly values: Record<string, string>;
  readonly numbers: Record<string, number>;
}

/** Whether an expression with this value at its root fits; returns the extended bindings if so. */
export type Pattern = (value: string, index: GraphIndex, found: Bindings) => Bindings | null;

export const nothing: Bindings = { values: {}, numbers: {} };

/** Any value; the same one wherever the name returns. */
export function value(name: string): Pattern {
  return (at, _index, found) => {
    const before = found.values[name];
    if (before === undefined) return { ...found, values: { ...found.values, [name]: at } };
    return before === at ? found : null;
  };
}

/** A constant tensor. */
export function constant(name: string): Pattern {
  return (at, index, found) => (index.constant(at) ? value(name)(at, index, found) : null);
}

/** A constant with one element, near `expected` (exporters round it to float32 or float16). */
export function near(expected: number): Pattern {
  return (at, index, found) => {
    const number = index.number(at);
    if (number === undefined) return null;
    return Math.abs(number - expected) <= 1e-3 * Math.abs(expected) ? found : null;
  };
}

/** A constant with one element, whatever it is. */
export function number(name: string): Pattern {
  return (at, index, found) => {
    const is = index.number(at);
    return is === undefined ? null : { ...found, numbers: { ...found.numbers, [name]: is } };
  };
}

/** One of several forms. */
export function either(...forms: Pattern[]): Pattern {
  return (at, index, found) => {
    for (const form of forms) {
      const result = form(at, index, found);
      if (result) return result;
    }
    return null;
  };
}

/** A call of an op; Add and Mul match with their operands in either order. */
export function call(op: string, ...operands: Pattern[]): Pattern {
  return callIf(op, () => true, ...operands);
}

/** A call whose node satisfies a condition. */
export function callIf(
  op: string,
  condition: (node: Node, index: GraphIndex) => boolean,
  ...operands: Pattern[]
): Pattern {
  const swapped = op === 'Add' || op === 'Mul' ? operands.toReversed() : undefined;
  return (at, index, found) => {
    const node = index.maker(at, op);
    if (!node || !condition(node, index)) return null;
    const match = (order: Pattern[]): Bindings | null =>
      order.reduce<Bindings | null>(
        (so, operand, i) => so && operand(node.inputs[i] ?? '', index, so),
        found,
      );
    return match(operands) ?? (swapped ? match(swapped) : null);
  };
}
