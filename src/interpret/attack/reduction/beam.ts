/** The beam of Input Reduction: several texts of one size at a time, each of which still has the prediction. */
import type { Kept, Search } from '../method';
import type { Trial } from '../tester';
import { guess, type Guess } from './importance';
import { Asked, removable, remove, type Removal } from './removals';

/** A text on the way, with the steps that led to it. */
export interface Node {
  readonly trial: Trial;
  readonly path: readonly Kept[];
  /** The one that a beam of width 1 would have now. */
  readonly greedy: boolean;
}

/** A text with its single removals, the least important word first. */
export interface Parent {
  readonly node: Node;
  readonly removals: readonly (Removal & Guess)[];
}

/**
 * How many removals a text of `removable` words offers: min(beam, max(1, L - 3)), as in the AllenNLP guide's reduction, L here
 * counting what may go.
 */
export function widthOf(beam: number, removable: number): number {
  return Math.min(beam, Math.max(1, removable - 3));
}

/**
 * One round: every text offers its least important words, all that this makes are asked about in one batch, and of those that keep
 * the prediction the surest go on, children of different parents alike. The greedy one always does while there is one (its
 * least important word goes, or, where that cannot, the one without which the model is surest): so a wider beam never ends with a
 * longer text. Where nothing offered can go, all other single removals are tried. Empty: no removal at all keeps the prediction, which
 * proves that every text of the beam is 1-minimal.
 */
export async function nextBeam(search: Search, beam: readonly Node[]): Promise<Node[]> {
  const { tester, options } = search;
  const asked = new Asked(tester);
  const parents = await rank(search, beam, asked);
  const offered = parents.map(({ removals }) =>
    removals.slice(0, widthOf(options.beam, removals.length)),
  );
  await asked.ask(offered.flat());
  const none = !offered.flat().some(removal => asked.kept(removal));
  const tried = parents.map(({ node, removals }, index) => {
    const stuck = node.greedy && !(removals[0] && asked.kept(removals[0]));
    return none || stuck ? removals : offered[index]!;
  });
  await asked.ask(tried.flat());
  const children = parents.flatMap((parent, index) =>
    childrenOf(parent, tried[index]!, asked, tester.queries),
  );
  return choose(children, options.beam);
}

/** The texts with what may go from each, in order of importance; of equals the first in the text. */
export async function rank(search: Search, beam: readonly Node[], asked: Asked): Promise<Parent[]> {
  const { tester, options } = search;
  const all = beam.flatMap(node => {
    const { trial } = node;
    const units = removable(search, trial);
    if (units.length === 0) return [];
    return [{ node, trial, units, removals: units.map(unit => remove(trial, unit)) }];
  });
  if (options.importance === 'leave-one-out') {
    await asked.ask(all.flatMap(({ removals }) => removals));
  }
  const guesses =
    options.importance === 'leave-one-out'
      ? all.map(({ trial, removals }) =>
          removals.map(removal => measured(trial, asked.trialOf(removal))),
        )
      : await guess(tester, all, options.importance);
  return all.map(({ node, removals }, index): Parent => {
    const guessed = removals.map((removal, at) => ({ ...removal, ...guesses[index]![at]! }));
    return { node, removals: guessed.sort((a, b) => a.importance - b.importance) };
  });
}

/** How much surer of something else the model is without the word: leave-one-out, in logits. */
function measured(trial: Trial, without: Trial | null): Guess {
  return { importance: without ? without.margin - trial.margin : Infinity, estimate: null };
}

interface Child extends Node {
  readonly key: string;
}

/** Those that keep the prediction; of a greedy parent one is greedy. */
function childrenOf(
  { node, removals }: Parent,
  tried: Parent['removals'],
  asked: Asked,
  queries: number,
): Child[] {
  const children = tried.flatMap((removal): Child[] => {
    const trial = asked.kept(removal);
    if (!trial) return [];
    const path = [...node.path, { trial, estimate: removal.estimate, queries }];
    return [{ trial, path, greedy: false, key: removal.key }];
  });
  if (!node.greedy || children.length === 0) return children;
  const first = children.find(({ key }) => key === removals[0]!.key);
  const lead = first ?? [...children].sort(bySureness)[0]!;
  return children.map(child => (child === lead ? { ...child, greedy: true } : child));
}

/** The greedy one and the surest, each text once. */
function choose(children: readonly Child[], width: number): Node[] {
  const ordered = [...children].sort(
    (a, b) => Number(b.greedy) - Number(a.greedy) || bySureness(a, b),
  );
  const distinct = new Map<string, Child>();
  for (const child of ordered) if (!distinct.has(child.key)) distinct.set(child.key, child);
  return [...distinct.values()].slice(0, width).sort(bySureness);
}

/** The surest first: a margin is that of what the attack wants, here of another prediction. */
function bySureness(a: Node, b: Node): number {
  return a.trial.margin - b.trial.margin;
}
