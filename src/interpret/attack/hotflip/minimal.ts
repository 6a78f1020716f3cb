/**
 * The minimal set of flips (LIT's HotFlip): what the beam has found is thinned out to a set of which no smaller one flips the
 * prediction, and the best flips of single places are combined, in case that finds a smaller one still.
 */
import type { Minimality } from '../../../protocol/attack';
import type { Kept, Search } from '../method';
import { climb, nearestFirst, type Climb } from './beam';
import { applyFlips, byGain, flipOf, type Flip } from './flips';
import type { Proposer } from './proposal';

/** Up to so many flips all subsets are tried: 2^10 texts. */
const mostProved = 10;
/** LIT's numbers: places whose best flips are combined, and flips in a combination. */
const mostPlaces = 10;
const mostCombined = 3;

export interface MinimalClimb extends Climb {
  readonly minimality: Minimality | null;
}

/** See `climb`. The path leads from one flip of the set to the next, the largest estimate first. */
export async function minimal(
  search: Pick<Search, 'tester' | 'start' | 'tell'>,
  proposer: Proposer,
  width: number,
  most: number,
): Promise<MinimalClimb> {
  const climbed = await climb(search, proposer, width, most);
  if (!climbed.tried) return { ...climbed, minimality: null };
  const { best } = climbed;
  const thinned = best.trial.reached ? await thinOut(search, best.flips) : null;
  const size = thinned?.flips.length ?? Math.min(most, mostCombined) + 1;
  const combined = size > 1 ? await combine(search, proposer, size - 1) : null;
  const found = combined ?? thinned;
  if (!found) return { ...climbed, minimality: null };
  const minimality = minimalityOf(found);
  if (found.flips.length === best.flips.length && best.trial.reached) {
    return { ...climbed, minimality };
  }
  const path = await pathOf(search, found.flips);
  const trial = path.at(-1)?.trial;
  if (!trial?.reached) return { ...climbed, minimality: null };
  search.tell(path);
  return { best: { trial, path, flips: found.flips }, tried: true, minimality };
}

interface FlipSet {
  readonly flips: readonly Flip[];
  /** All its subsets were tried. */
  readonly proved: boolean;
}

/** The smallest subset that reaches the goal; of a large set, one of which no single flip can be left out. */
async function thinOut(
  search: Pick<Search, 'tester' | 'start'>,
  all: readonly Flip[],
): Promise<FlipSet> {
  let flips = all;
  while (flips.length > mostProved) {
    const without = flips.map(left => flips.filter(flip => flip !== left));
    const found = await nearestOf(search, without);
    if (!found) return { flips, proved: false };
    flips = found;
  }
  for (let size = 1; size < flips.length; size++) {
    const found = await nearestOf(search, subsetsOf(flips, size));
    if (found) return { flips: found, proved: true };
  }
  return { flips, proved: true };
}

/** The smallest combination of single flips that reaches the goal, of at most `most`; null where there is none. */
async function combine(
  search: Pick<Search, 'tester' | 'start'>,
  proposer: Proposer,
  most: number,
): Promise<FlipSet | null> {
  const proposals = await proposer.proposeApart(search.start, mostPlaces);
  const flips = proposals.map(proposal => flipOf(proposal, []));
  for (let size = 1; size <= Math.min(most, mostCombined, flips.length); size++) {
    const found = await nearestOf(search, subsetsOf(flips, size));
    if (found) return { flips: found, proved: true };
  }
  return null;
}

/** The set that reaches the goal with the largest margin; null where none does. */
async function nearestOf(
  { tester, start }: Pick<Search, 'tester' | 'start'>,
  sets: readonly (readonly Flip[])[],
): Promise<readonly Flip[] | null> {
  const trials = await tester.ask(sets.map(flips => applyFlips(start.draft, flips)));
  const found = sets.flatMap((flips, index) => {
    const trial = trials[index];
    return trial?.reached ? [{ flips, trial }] : [];
  });
  return found.sort(nearestFirst)[0]?.flips ?? null;
}

/** In lexicographic order of the places in the list. */
function subsetsOf<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, index) =>
    subsetsOf(items.slice(index + 1), size - 1).map(rest => [item, ...rest]),
  );
}

async function pathOf(
  { tester, start }: Pick<Search, 'tester' | 'start'>,
  flips: readonly Flip[],
): Promise<Kept[]> {
  const ordered = [...flips].sort(byGain);
  const drafts = ordered.reduce(
    (made, flip, index) => [...made, applyFlips(made[index]!, [flip])],
    [start.draft],
  );
  const trials = await tester.ask(drafts.slice(1));
  const { queries } = tester;
  return ordered.flatMap(({ estimate }, index) => {
    const trial = trials[index];
    return trial ? [{ trial, estimate, queries }] : [];
  });
}

function minimalityOf({ flips, proved }: FlipSet): Minimality {
  const { length } = flips;
  if (length === 1) return oneIsLeast;
  return proved
    ? {
        proved,
        says: `none of the ${2 ** length - 2} smaller sets of these ${length} changes flips it`,
      }
    : {
        proved,
        says: `none of these ${length} changes can be left out, but not every smaller set of them was tried`,
      };
}

/** Of a set of one, however it was found. */
export const oneIsLeast: Minimality = { proved: true, says: 'no change is smaller than one word' };
