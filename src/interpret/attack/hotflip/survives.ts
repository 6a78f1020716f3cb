/** Ideas made into texts, and whether the tokenizer makes of each text what was meant. */
import type { Tokenizer } from '../../../runtime/tokenizer';
import type { ReadText } from '../../task/readText';
import { apply, type Draft } from '../draft';
import type { Trial } from '../tester';
import { keyOf, type Idea, type Meant, type Proposal } from './proposal';

/** Looked at together: the tokenizer works in threads of its own. */
const together = 16;

export interface Realised {
  readonly proposals: readonly Proposal[];
  /** Ideas whose text is read as something else. */
  readonly dropped: number;
}

/**
 * The first `count` ideas whose text is a new one (`known`: texts that are not; it grows) and survives the tokenizer.
 */
export async function realise(
  trial: Trial,
  ideas: Iterable<Idea>,
  count: number,
  known: Set<string>,
): Promise<Realised> {
  const proposals: Proposal[] = [];
  let dropped = 0;
  const queue = ideas[Symbol.iterator]();
  for (let done = false; !done && proposals.length < count;) {
    const some: (Proposal & { meant: Meant | null })[] = [];
    while (some.length < Math.min(together, count - proposals.length)) {
      const next = queue.next();
      done = next.done === true;
      if (next.done) break;
      const { edit, estimate, meant } = next.value;
      const draft = apply(trial.draft, [edit]);
      const key = keyOf(draft);
      if (known.has(key)) continue;
      known.add(key);
      some.push({ draft, estimate, meant });
    }
    const kept = await Promise.all(some.map(({ draft, meant }) => survives(trial, draft, meant)));
    some.forEach(({ draft, estimate }, index) => {
      if (kept[index]) proposals.push({ draft, estimate });
      else dropped++;
    });
  }
  return { proposals, dropped };
}

/** The text, tokenised anew, has the intended token in its place and all others as they were. */
async function survives({ read }: Trial, { input }: Draft, meant: Meant | null): Promise<boolean> {
  if (meant === null) return true;
  const { id, first, end } = meant;
  const old = read.hand.ids;
  const found = await idsOf(read.hand.tokenizer!, read, input);
  if (found[first] !== id) return false;
  const tail = old.length - end;
  // The end of a text that is cut may have moved.
  if (!isCut(read) && found.length !== first + 1 + tail) return false;
  for (let i = 0; i < first; i++) if (found[i] !== old[i]) return false;
  const most = Math.min(tail, found.length - first - 1);
  for (let i = 0; i < most; i++) if (found[first + 1 + i] !== old[end + i]) return false;
  return true;
}

/** As a text is read (task/readText.ts). */
async function idsOf(
  tokenizer: Tokenizer,
  { hand, cutAt }: ReadText,
  { text, pair, words }: Draft['input'],
): Promise<readonly number[]> {
  const cut = isCut({ hand, cutAt });
  const { ids } = await tokenizer.encode({
    text: cut ? text.slice(0, cutAt[0]) : text,
    pair: hand.pair === null ? undefined : pair?.slice(0, cut ? cutAt[1] : undefined),
    words: hand.words === null ? undefined : words,
  });
  return ids;
}

function isCut({ hand, cutAt }: Pick<ReadText, 'hand' | 'cutAt'>): boolean {
  return cutAt[0] < (hand.text ?? '').length || cutAt[1] < (hand.pair ?? '').length;
}
