/**
 * The search: at each step the best flip that the model confirms, in several texts at a time. The first of them is always the one
 * that greedy search (a width of 1) would be at, so that a wider beam finds a flip whenever greedy does, with no more changes.
 */
import type { Kept, Search } from '../method';
import type { Trial } from '../tester';
import { flipOf, type Flip } from './flips';
import { keyOf, type Proposal, type Proposer } from './proposal';

/** A text of the beam. */
export interface Node {
  readonly trial: Trial;
  /** From the original to this text. */
  readonly path: readonly Kept[];
  /** The same flips, in place in the original. */
  readonly flips: readonly Flip[];
}

export interface Climb {
  /** The nearest to the goal; the original where nothing was nearer. */
  readonly best: Node;
  /** False: for the original there was not one proposal. */
  readonly tried: boolean;
}

/**
 * Up to `most` flips. Each step asks for all gradients in one batch, and for all candidates in another. A step is taken even if it does not
 * raise the margin; what is told and returned is the nearest text so far, and the first that reaches the goal ends the search.
 */
export async function climb(
  { tester, start, tell }: Pick<Search, 'tester' | 'start' | 'tell'>,
  proposer: Proposer,
  width: number,
  most: number,
): Promise<Climb> {
  const origin: Node = { trial: start, path: [], flips: [] };
  let best = origin;
  let beam: readonly Node[] = [origin];
  let tried = false;
  for (let step = 0; step < most && !best.trial.reached; step++) {
    const proposals = await proposer.propose(beam.map(({ trial }) => trial));
    const [greedy, ...others] = await children(tester, beam, proposals);
    if (!greedy) break;
    tried = true;
    beam = [greedy, ...others.slice(0, width - 1)];
    const nearest = [...beam].sort(nearestFirst)[0]!;
    if (nearestFirst(nearest, best) < 0) {
      best = nearest;
      tell(best.path);
    }
  }
  return { best, tried };
}

/** The best child of the first text, then the others, the nearest to the goal first. No two are the same text. */
async function children(
  tester: Search['tester'],
  beam: readonly Node[],
  proposals: readonly (readonly Proposal[])[],
): Promise<Node[]> {
  const known = new Set<string>();
  const candidates = beam.flatMap((parent, index) =>
    proposals[index]!.flatMap(proposal => {
      const key = keyOf(proposal.draft);
      if (known.has(key)) return [];
      known.add(key);
      return [{ parent, proposal }];
    }),
  );
  const trials = await tester.ask(candidates.map(({ proposal }) => proposal.draft));
  const found = candidates.flatMap(({ parent, proposal }, index) => {
    const trial = trials[index];
    if (!trial) return [];
    const kept = { trial, estimate: proposal.estimate, queries: tester.queries };
    return [{ trial, parent, proposal, path: [...parent.path, kept] }];
  });
  const nodes = found.sort(nearestFirst);
  // Where the greedy text has no child left, the best of the others goes on.
  const greedy = nodes.find(({ parent }) => parent === beam[0]) ?? nodes[0];
  const ordered = greedy ? [greedy, ...nodes.filter(node => node !== greedy)] : [];
  return ordered.map(({ trial, path, parent, proposal }) => ({
    trial,
    path,
    flips: [...parent.flips, flipOf(proposal, parent.flips)],
  }));
}

/** Reached before not reached, then the larger margin; equals stay in the order in which they were proposed. */
export function nearestFirst(a: Pick<Node, 'trial'>, b: Pick<Node, 'trial'>): number {
  return Number(b.trial.reached) - Number(a.trial.reached) || b.trial.margin - a.trial.margin;
}
