/** The gradient step: what flips of each unit of some texts come to, to first order. */
import type { Row } from '../../../model/inputs';
import type { Window } from '../../../model/windows';
import { readTogether } from '../../task/words';
import type { Decision } from '../../task/decision';
import type { FlipAnswer, FlipFrame, FlipQuestion, Replacement } from '../flip/flipQuestion';
import type { RunOptions } from '../../task/predictRows';
import type { Tester, Trial } from '../tester';
import type { Unit } from '../units';

/** FlipProgram, or what stands in for it in a test. */
export interface Gradients {
  run(
    questions: readonly FlipQuestion[],
    frame: FlipFrame,
    options?: RunOptions,
  ): Promise<{ answers: FlipAnswer[]; runs: number }>;
}

/** A text with the units that may be flipped. */
export interface Ask {
  readonly trial: Trial;
  readonly units: readonly OpenUnit[];
  /** An id to put in the place of every piece of these units; null: they stay. */
  readonly blank: number | null;
}

export interface OpenUnit extends Unit {
  /** Of its replacements, an index into FlipFrame.filters; null: none is asked for. */
  readonly filter: number | null;
}

/** What the gradient says of a unit; the scalar is that of Goal.parts, its parts' weights included. */
export interface Slope {
  readonly unit: Unit;
  /** Where it is read: an index into `windows`, and its pieces' positions there. */
  readonly window: number;
  readonly positions: readonly number[];
  /** L2 norm of the gradient of all its pieces. */
  readonly norm: number;
  /** The sum of its pieces' e . g: minus it is the estimate of taking their word vectors away. */
  readonly dot: number;
  /** The best first. `gain`: the estimate of the unit as a whole replaced by this one token. */
  readonly replacements: readonly Replacement[];
}

/** A window that is asked, with the scalar at it. */
export interface AskedWindow {
  readonly window: number;
  readonly decisions: readonly Decision[];
  readonly value: number;
}

export interface Slopes {
  /** In the order of the units; those that no asked window reads are left out. */
  readonly slopes: readonly Slope[];
  readonly windows: readonly AskedWindow[];
}

/**
 * One batch for all texts; a long text is asked window by window, and a unit's numbers are those of the window that has most
 * text around it. A unit of several pieces that becomes one token v gains (e_v - e_1) . g_1 - sum over the other pieces of
 * e_k . g_k: the first piece is replaced and the others' word vectors are taken away (Ebrahimi et al. 2018, equation 2, summed
 * over the pieces).
 */
export async function gradientStep(
  tester: Tester,
  gradients: Gradients,
  asks: readonly Ask[],
  frame: FlipFrame,
): Promise<Slopes[]> {
  tester.stopIfCancelled();
  const prepared = asks.map(ask => prepare(tester, ask));
  const questions = prepared.flatMap(({ questions }) => questions);
  const { answers, runs } = await gradients.run(questions, frame, tester.options);
  tester.spent(asks.length, runs);
  let next = 0;
  return prepared.map(({ places, windows, questions }) => {
    const own = answers.slice(next, (next += questions.length));
    return {
      slopes: places.map(place => slopeOf(place, own[place.window]!)),
      windows: windows.map((asked, index) => ({ ...asked, value: own[index]!.value })),
    };
  });
}

type PlacedUnit = Pick<Slope, 'unit' | 'window' | 'positions'>;

interface Prepared {
  readonly places: readonly PlacedUnit[];
  readonly windows: readonly Omit<AskedWindow, 'value'>[];
  readonly questions: readonly FlipQuestion[];
}

function prepare({ goal }: Tester, { trial, units, blank }: Ask): Prepared {
  const { read, draft } = trial;
  const decisionsOf = new Map<number, Decision[]>();
  for (const { window, weight, decisions } of goal.parts(read, draft)) {
    const weighted = decisions.map(({ position, cells }) => ({
      position,
      cells: cells.map(cell => ({ ...cell, weight: weight * cell.weight })),
    }));
    decisionsOf.set(window, [...(decisionsOf.get(window) ?? []), ...weighted]);
  }
  const windows = [...decisionsOf].map(([window, decisions]) => ({ window, decisions }));
  const asked = windows.map(({ window }): Window => read.hand.windows[window]!);
  const filters = asked.map(({ row }) => row.ids.map((): number | null => null));
  const places = units.flatMap(unit => {
    const at = readTogether(asked, unit.tokens);
    if (!at) return [];
    filters[at.window]![at.positions[0]!] = unit.filter;
    return [{ unit, ...at }];
  });
  const isBlank = (window: number, position: number): boolean =>
    blank !== null && places.some(at => at.window === window && at.positions.includes(position));
  const rowOf = ({ row }: Window, window: number): Row => ({
    ...row,
    ids: row.ids.map((id, position) => (isBlank(window, position) ? blank! : id)),
  });
  const questions = windows.map(({ decisions }, index) => ({
    row: rowOf(asked[index]!, index),
    decisions,
    filterOf: filters[index]!,
  }));
  return { places, windows, questions };
}

function slopeOf(place: PlacedUnit, answer: FlipAnswer): Slope {
  const { positions } = place;
  const [first, ...others] = positions as readonly [number, ...number[]];
  const dots = positions.map(at => answer.dots[at]!);
  const away = others.reduce((sum, at) => sum + answer.dots[at]!, 0);
  return {
    ...place,
    norm: Math.hypot(...positions.map(at => answer.norms[at]!)),
    dot: dots.reduce((a, b) => a + b, 0),
    replacements: answer.replacements[first]!.map(({ id, gain }) => ({ id, gain: gain - away })),
  };
}
