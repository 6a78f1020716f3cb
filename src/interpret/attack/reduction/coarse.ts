/** Long texts: many unimportant words go at once, until there are few enough to try them one by one. */
import type { Search } from '../method';
import { wordsOfFields, type Unit } from '../units';
import { rank, type Node } from './beam';
import { Asked, removable, without } from './removals';

/** Texts with no more than so many words to remove lose them one by one only. */
export const oneByOne = 60;
/** Of the words that may go, as many at once; of those that keep the prediction the largest counts. */
const shares = [1 / 2, 1 / 4, 1 / 8, 1 / 16];

/**
 * Removes the least important words in shares of all while more than `oneByOne` may go and the prediction stays: a text of n words takes
 * about log2(n / 60) rounds in place of n - 60, each of which reads the whole text. What is left is reduced as ever, so that
 * this decides nothing about 1-minimality. A step has as many changes as words went. It does not look at the width of
 * the beam, which so starts from the same text whatever it is.
 */
export async function shorten(search: Search, start: Node): Promise<Node> {
  const { tester } = search;
  let node = start;
  for (;;) {
    const words = removable(search, node.trial).length;
    if (words <= oneByOne) return node;
    const [parent] = await rank(search, [node], new Asked(tester));
    const units = someLeft(search, node, parent!.removals);
    const counts = shares.map(share => Math.min(words - oneByOne, Math.ceil(share * words)));
    const drafts = [...new Set(counts)].map(count =>
      without(node.trial.draft, units.slice(0, count)),
    );
    const trials = await tester.ask(drafts);
    const kept = trials.find(trial => trial && !trial.reached);
    if (!kept) return node;
    const step = { trial: kept, estimate: null, queries: tester.queries };
    node = { ...node, trial: kept, path: [...node.path, step] };
    search.tell(node.path);
  }
}

/** In the same order, less what would be the last word of a text or of either text of a pair. */
function someLeft(
  { options }: Search,
  { trial }: Node,
  removals: readonly { readonly unit: Unit }[],
): Unit[] {
  const left = wordsOfFields(trial.read, options);
  return removals.flatMap(({ unit }) => (left[unit.place.field]-- > 1 ? [unit] : []));
}
