/** Sums of products over named axes. The derivative by an operand is a sum of products again. */
import type { NodeView, Rule, RuleTable } from '../rule';
import { unbroadcast } from '../unbroadcast';

export const einsumRules: RuleTable = {
  Einsum: (g, n, b) => {
    const equation = parse(n);
    return n.x.map((_, i) => () => operandBack(g, n, b, equation, i));
  },
};

/** A letter for each axis, of each operand and of the result. */
interface Equation {
  readonly operands: readonly string[];
  readonly result: string;
  /** Letters that do not occur. */
  readonly unused: readonly string[];
}

const alphabet = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');

/** Reads the equation, with letters in place of its ellipses. */
function parse(n: NodeView): Equation {
  const equation = n.string('equation', '').replaceAll(' ', '');
  const [left, right] = equation.split('->') as [string, string | undefined];
  const terms = left.split(',');
  const spare = alphabet.filter(letter => !equation.includes(letter));
  const hidden = terms.map((term, i) =>
    term.includes('...') ? n.rank(i) - (term.length - '...'.length) : 0,
  );
  const rest = spare.splice(0, Math.max(...hidden)).join('');
  const letters = Array.from(left).filter(letter => alphabet.includes(letter));
  // Without a right side the result has the letters that occur once, in order, after the ellipsis.
  const once = letters.filter(letter => letters.indexOf(letter) === letters.lastIndexOf(letter));
  const result = right ?? `...${once.sort().join('')}`;
  return {
    operands: terms.map((term, i) => term.replace('...', rest.slice(rest.length - hidden[i]!))),
    result: result.replace('...', rest),
    unused: spare,
  };
}

interface Factor {
  readonly x: string;
  readonly term: string;
}

/** g times all other operands, summed over the axes that operand `at` does not have. */
function operandBack(...[g, n, b, equation, at]: [...Parameters<Rule>, Equation, number]): string {
  const x = n.x[at]!;
  const own = n.factsOf(x).dims;
  const others = n.x.map((name, i) => ({ x: name, term: equation.operands[i]! }));
  const factors: Factor[] = [{ x: g, term: equation.result }, ...others.toSpliced(at, 1)];
  /** The sizes of a letter's axis in each probe, by each of the factors. */
  const given = (letter: string): number[][] =>
    factors
      .map(({ x: name, term }) => ({
        place: term.indexOf(letter),
        name: name === g ? n.y[0]! : name,
      }))
      .filter(({ place }) => place >= 0)
      .map(({ place, name }) => n.factsOf(name).dims.map(dims => dims[place]!));
  const added: Factor[] = [];
  const fresh = [...equation.unused];
  let target = '';
  /** Sizes of the product's axes in each probe: larger than the operand's own where that was broadcast. */
  const from = own.map(dims => [...dims]);
  for (const [axis, letter] of Array.from(equation.operands[at]!).entries()) {
    const size = (): string => b.shapePart(x, axis, axis + 1);
    if (target.includes(letter)) {
      // A diagonal: the identity matrix puts the adjoint there.
      const copy = fresh.shift()!;
      const eye = b.op('EyeLike', [b.zeros(b.concat([size(), size()], 0))]);
      added.push({ x: eye, term: letter + copy });
      target += copy;
      continue;
    }
    target += letter;
    const sizes = given(letter);
    if (!sizes.some(dims => dims.every((dim, probe) => dim >= own[probe]![axis]!))) {
      added.push({ x: b.op('Expand', [b.number(1), size()]), term: letter });
    }
    from.forEach((dims, probe) => {
      dims[axis] = Math.max(dims[axis]!, ...sizes.map(dim => dim[probe]!));
    });
  }
  const all = [...factors, ...added];
  const terms = all.map(factor => factor.term).join();
  const equationBack = `${terms}->${target}`;
  const product = b.op(
    'Einsum',
    all.map(factor => factor.x),
    { equation: equationBack },
  );
  return unbroadcast(b, product, from, n.factsOf(x));
}
